import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Context } from "mocha";

/**
 * Goes on only where `program` is installed. Elsewhere the test, or all tests of the suite whose hook calls this, are skipped, which is said
 * on standard error; with `TIDEMARK_REQUIRE=all` they fail instead.
 */
export function requireProgram(context: Context, program: string): void {
  requireThat(context, isInstalled(program), `${program} is not installed`);
}

/** Goes on only where `isGiven`, as {@link requireProgram} does; `lack` says what there is not. */
export function requireThat(context: Context, isGiven: boolean, lack: string): void {
  if (isGiven) return;
  const name = context.currentTest?.fullTitle() ?? context.test?.fullTitle() ?? "a test";
  const message = `Cannot run ${name}: ${lack}`;
  if (process.env["TIDEMARK_REQUIRE"] === "all") throw new Error(message);
  process.stderr.write(`SKIPPED: ${message}\n`);
  context.skip();
}

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
