import type { ComponentFailure } from "../progress/report.ts";
import type { UpdateSnapshot, UpdateStats } from "../progress/schema/stats.ts";

/** What a reporter follows: a run, or a stats group. */
export interface ReportSource {
  /** The name of the app. */
  readonly app: string;
  /** The title of a stats group; `null` for a whole run. */
  readonly title: string | null;
  stats(): UpdateStats | null;
  watch(): AsyncIterable<UpdateSnapshot>;
  failures(): readonly ComponentFailure[];
}

/** Prints what `source` reports until it ends; never rejects. */
export type StdoutReporter = (source: ReportSource, options: { readonly intervalMs: number }) => Promise<void>;

let reporter: StdoutReporter | undefined;

/** Says who prints for `reportToStdout`. The package's entry point does that: runs know no terminal. */
export function setStdoutReporter(given: StdoutReporter): void {
  reporter = given;
}

/** Prints what `source` reports, if anybody can. */
export function reportToStdout(source: ReportSource, intervalMs: number): Promise<void> {
  return reporter === undefined ? Promise.resolve() : reporter(source, { intervalMs });
}
