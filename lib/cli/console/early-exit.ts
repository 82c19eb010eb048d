import { writeSync } from "node:fs";
import { EXIT_CODES } from "./exit.ts";
import { dropForeignFrames } from "./user-stack.ts";

/** How Node shows the call of `process.exit` in a stack. */
const EXIT_FRAME = /^\s*at process\.(?:exit|reallyExit) /;
const MAX_FRAMES = 50;

let isOver = false;
let interruptCode: number | undefined;

/** Ends the process with an exit code that the user's program cannot change any more. */
export function endProcess(code: number): never {
  isOver = true;
  // Registered last, it comes after the listeners of the user's program, which may have set another code.
  process.once("exit", () => {
    process.exitCode = code;
  });
  process.exit(code);
}

/** Sets the exit code of a process that a signal has asked to end. */
export function expectInterrupt(code: number): void {
  interruptCode = code;
}

/**
 * Prints an error, with the place of the call, when the user's program calls `process.exit` and so cuts off the command. The command
 * has then failed, and the exit code says so.
 */
export function explainEarlyExit(): void {
  process.once("exit", (code) => {
    if (isOver) return;
    const frames = listFrames();
    // An uncaught error ends the process as well, and Node has printed it.
    const at = frames.findIndex((frame) => EXIT_FRAME.test(frame));
    if (at === -1) return;
    process.exitCode = interruptCode ?? EXIT_CODES.failed;
    writeNow(
      [
        `error: The program has called process.exit(${code}) before the command had ended: what was in progress is cut off`,
        ...dropForeignFrames(frames.slice(at + 1)),
        "Let the function return instead, or throw an error to have its component fail; the command ends the process itself.",
        "",
      ].join("\n"),
    );
  });
}

function listFrames(): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = MAX_FRAMES;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack.split("\n");
}

/** Writes at once: a stream may write after the process has ended. */
function writeNow(text: string): void {
  try {
    writeSync(process.stderr.fd, text);
  } catch {
    // Standard error has no reader any more.
  }
}
