import { endProcess, explainEarlyExit } from "./console/early-exit.ts";
import { EXIT_CODES, ignoreBrokenPipe } from "./console/exit.ts";
import { exitProcess } from "./console/exit-process.ts";
import { describeStandstill } from "./console/standstill.ts";
import { runCli } from "./program.ts";

/** Runs the command line of this process, and ends the process with the exit code of the command. */
export async function runProcess(): Promise<never> {
  ignoreBrokenPipe();
  explainEarlyExit();
  // Emitted only when the user's program waits for something that nothing will ever settle.
  process.once("beforeExit", () => {
    process.stderr.write(
      `error: Nothing is left to do, but the command has not ended: a promise never settles${describeStandstill()}\n`,
    );
    endProcess(EXIT_CODES.failed);
  });
  return exitProcess(await runCli(process.argv.slice(2)));
}
