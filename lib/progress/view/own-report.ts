import type { FollowableReport } from "../followable-report.ts";

const ownReports = new WeakMap<object, FollowableReport>();

/** Registers the report of a run without its stats groups; the handle gives the failures of the groups as well. */
export function provideOwnReport(handle: object, report: FollowableReport): void {
  ownReports.set(handle, report);
}

/** Returns the report of the run itself, for a consumer that follows the stats groups of the run as reports of their own. */
export function ownReport(handle: Pick<FollowableReport, "watch" | "failures">): FollowableReport {
  return (
    ownReports.get(handle) ?? {
      app: null,
      title: null,
      stats: () => null,
      watch: () => handle.watch(),
      failures: () => handle.failures(),
    }
  );
}
