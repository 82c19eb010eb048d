import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Context } from "mocha";

/** Skips the test, or all tests of the hook, loudly when the machine has no such program; with TIDEMARK_REQUIRE=all it fails. */
export function requireProgram(context: Context, name: string): void {
  if (hasProgram(name)) return;
  const message = `Cannot run this test: the machine has no ${name}`;
  if (process.env["TIDEMARK_REQUIRE"] === "all") throw new Error(message);
  process.stderr.write(`SKIPPED: ${context.test?.fullTitle() ?? "a test"}: ${message}\n`);
  context.skip();
}

function hasProgram(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
