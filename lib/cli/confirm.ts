import { createInterface } from "node:readline";
import { UsageError } from "./usage-error.ts";

/** Where a question is asked and answered. */
export interface Dialog {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks the user to type "yes". The answer is no as well when the input ends or Ctrl-C is pressed.
 *
 * @throws UsageError when there is no terminal to ask on
 */
export async function confirm(
  question: string,
  dialog: Dialog = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  requireTerminal(question, dialog);
  const lines = createInterface({ ...dialog, terminal: true });
  return new Promise((resolve) => {
    lines.once("close", () => resolve(false));
    lines.once("SIGINT", () => lines.close());
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
