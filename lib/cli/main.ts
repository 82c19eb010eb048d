#!/usr/bin/env node
import { EXIT_CODES, exitProcess, ignoreBrokenPipe } from "./console/exit.ts";
import { runCli } from "./program.ts";

ignoreBrokenPipe();
// Reached only when the user's program waits for something that nothing will ever settle.
process.once("beforeExit", () => {
  process.stderr.write("error: Nothing is left to do, but the command has not ended: a promise never settles\n");
  process.exit(EXIT_CODES.failed);
});
void runCli(process.argv.slice(2)).then(exitProcess);
