import { endProcess } from "./early-exit.ts";
import { EXIT_CODES } from "./exit.ts";

/** Ends the process once all output has been written. Timers and connections of the user's program do not keep it alive. */
export async function exitProcess(code: number): Promise<never> {
  const endCode = resolveCode(code);
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  endProcess(endCode);
}

/** A program that sets `process.exitCode` reports a failure: a run without another failure fails then. */
function resolveCode(code: number): number {
  const set = process.exitCode ?? 0;
  if (code !== EXIT_CODES.done || Number(set) === 0) return code;
  process.stderr.write(
    `error: The program has set process.exitCode to ${set}, so the command ends with ${EXIT_CODES.failed}\n` +
      "Throw an error to have a component fail; the command sets the exit code itself.\n",
  );
  return EXIT_CODES.failed;
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // The callback comes with an error when the reader has gone: there is nothing to wait for then either.
    stream.write("", () => resolve());
  });
}
