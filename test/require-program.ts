import { spawnSync } from "node:child_process";
import type { Context } from "mocha";

/**
 * Goes on only where `program` is installed. Elsewhere the test, or all tests of the suite whose hook calls this, are skipped, which is said
 * on standard error; with `TIDEMARK_REQUIRE=all` they fail instead.
 */
export function requireProgram(context: Context, program: string): void {
  const { error } = spawnSync(program, ["--version"], { stdio: "ignore" });
  if (error === undefined) return;
  const name = context.currentTest?.fullTitle() ?? context.test?.fullTitle() ?? "a test";
  if (process.env["TIDEMARK_REQUIRE"] === "all") {
    throw new Error(`Cannot run ${name}: ${program} is not installed`, { cause: error });
  }
  process.stderr.write(`SKIPPED, because ${program} is not installed: ${name}\n`);
  context.skip();
}
