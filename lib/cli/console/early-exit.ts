import { writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { EXIT_CODES } from "./exit.ts";
import { dropForeignFrames, formatUserStack } from "./user-stack.ts";

const MAX_FRAMES = 50;

type Exit = (code?: number) => never;
type Emit = (name: string | symbol, ...args: readonly unknown[]) => boolean;
/** `process`, with the function that `process.exit` calls last, and that ends the process at once. */
interface Patchable {
  reallyExit: Exit;
  emit: Emit;
}

let endCode: number | undefined;
let interruptCode: number | undefined;
/** The code that listeners of "exit" were told. */
let toldCode: number | undefined;
/** The error that nothing caught and that ends the process. Node prints it after the listeners of "exit". */
let uncaught: { readonly error: unknown } | undefined;

/** Ends the process with an exit code that the user's program cannot change any more. */
export function endProcess(code: number): never {
  endCode = code;
  process.exit(code);
}

/** Sets the exit code of a process that a signal has asked to end. */
export function expectInterrupt(code: number): void {
  interruptCode = code;
}

/**
 * Has the process end with the code of the command, however it ends. When the user's program ends it and so cuts off the command, the
 * command has failed, and the place of the call is printed.
 */
export function explainEarlyExit(): void {
  const patched = process as unknown as Patchable;
  keepCode(patched);
  const reallyExit = patched.reallyExit.bind(process);
  patched.reallyExit = (code) => {
    if (uncaught !== undefined) writeNow(`error: ${formatUserStack(uncaught.error)}\n`);
    else if (endCode === undefined) printPlace(code);
    return reallyExit(finalCode());
  };
  // For the program that imports the function by its name.
  syncBuiltinESMExports();
}

/** Sets the exit code again after the listeners of "exit", which may have set another. */
function keepCode(patched: Patchable): void {
  const emit = patched.emit.bind(process);
  patched.emit = (name, ...args) => {
    if (name !== "exit") {
      const isHandled = emit(name, ...args);
      if (name === "uncaughtException" && !isHandled) uncaught = { error: args[0] };
      return isHandled;
    }
    toldCode = Number(args[0]);
    const hasListeners = emit(name, ...args);
    process.exitCode = finalCode();
    return hasListeners;
  };
}

function finalCode(): number {
  return endCode ?? interruptCode ?? EXIT_CODES.failed;
}

function printPlace(code: number | undefined): void {
  const call = toldCode === undefined ? `process.reallyExit(${code ?? ""})` : `process.exit(${toldCode})`;
  writeNow(
    [
      `error: The program has called ${call} before the command had ended: what was in progress is cut off`,
      ...dropForeignFrames(listFrames()),
      "Let the function return instead, or throw an error to have its component fail; the command ends the process itself.",
      "",
    ].join("\n"),
  );
}

function listFrames(): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = MAX_FRAMES;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack.split("\n").filter((line) => /^\s*at /.test(line));
}

/** Writes at once: a stream may write after the process has ended. */
function writeNow(text: string): void {
  try {
    writeSync(process.stderr.fd, text);
  } catch {
    // Standard error has no reader any more.
  }
}
