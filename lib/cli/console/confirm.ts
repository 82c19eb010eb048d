import { createInterface } from "node:readline";
import { UsageError } from "./usage-error.ts";

/** Where a question is asked and answered. */
export interface Dialog {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
  /** Called for Ctrl-C, which no signal comes from while the question stands. */
  interrupt(): void;
}

const processDialog: Dialog = {
  input: process.stdin,
  output: process.stderr,
  interrupt() {
    // Called directly, a listener has been told before the answer is acted on.
    const isHeard = process.emit("SIGINT", "SIGINT");
    if (!isHeard) process.kill(process.pid, "SIGINT");
  },
};

/**
 * Asks the user to type "yes". The answer is no as well when the input ends or Ctrl-C is pressed.
 *
 * @throws UsageError when there is no terminal to ask on
 */
export async function confirm(question: string, dialog: Dialog = processDialog): Promise<boolean> {
  requireTerminal(question, dialog);
  const { input, output } = dialog;
  const lines = createInterface({ input, output, terminal: true });
  return new Promise((resolve) => {
    lines.once("close", () => resolve(false));
    lines.once("SIGINT", () => {
      lines.close();
      output.write("\n");
      dialog.interrupt();
    });
    lines.question(`${question} Type "yes" to go on: `, (answer) => {
      resolve(answer.trim().toLowerCase() === "yes");
      lines.close();
    });
  });
}

function requireTerminal(question: string, { input }: Dialog): void {
  if (input.isTTY !== true) {
    throw new UsageError(`${question} Cannot ask without a terminal: use -f to go on without being asked`);
  }
}
