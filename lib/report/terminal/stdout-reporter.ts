import { systemClock } from "../../time/clock.ts";
import { followReport, type ReportSource } from "./reporter.ts";
import { createStdoutScreen } from "./screen.ts";

/** Options of {@link createStdoutReporter}. */
export interface StdoutReporterOptions {
  /** The least time between two blocks; finite and greater than 0. */
  readonly intervalMs: number;
}

/** A reporter at work. */
export interface StdoutReporter {
  /** Resolves after the last block; never rejects. */
  readonly done: Promise<void>;
}

/** Starts to print the progress of a run or a stats group on standard output. */
export function createStdoutReporter(source: ReportSource, options: StdoutReporterOptions): StdoutReporter {
  return {
    done: followReport(source, {
      screen: createStdoutScreen(),
      clock: systemClock,
      intervalMs: options.intervalMs,
      onScreenError: (cause) => {
        process.emitWarning(new Error("Cannot print progress on standard output", { cause }));
      },
    }),
  };
}
