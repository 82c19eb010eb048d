import type { FollowableReport } from "../progress/followable-report.ts";

/** Prints what `report` reports until it ends; never rejects. */
export type StdoutReporter = (report: FollowableReport, options: { readonly intervalMs: number }) => Promise<void>;

let reporter: StdoutReporter | undefined;

/** Says who prints for `reportToStdout`. The package's entry point does that: runs know no terminal. */
export function setStdoutReporter(given: StdoutReporter): void {
  reporter = given;
}

/** Prints what `report` reports, if anybody can. */
export function reportToStdout(report: FollowableReport, intervalMs: number): Promise<void> {
  return reporter === undefined ? Promise.resolve() : reporter(report, { intervalMs });
}
