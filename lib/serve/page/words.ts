import type { Remaining } from "../../progress/view/remaining.ts";
import type { ComponentStats } from "../../progress/schema/stats.ts";
import type { ErrorRecord } from "../../progress/record/update-record.ts";
import { formatCount, formatCountOf } from "../../text/count.ts";
import { formatDurationRange } from "../../text/duration.ts";

/** The outcomes of components, in the order in which they are drawn. */
export const OUTCOMES = [
  { key: "numUnchanged", name: "unchanged", tone: "unchanged" },
  { key: "numAdds", name: "added", tone: "added" },
  { key: "numReprocesses", name: "reprocessed", tone: "reprocessed" },
  { key: "numDeletes", name: "deleted", tone: "deleted" },
  { key: "numErrors", name: "failed", tone: "failed" },
  { key: "numInProgress", name: "in progress", tone: "active" },
  { key: "numQueued", name: "queued", tone: "queued" },
] as const satisfies readonly { readonly key: keyof ComponentStats; readonly name: string; readonly tone: string }[];

/** How far a report has come, without promising what is not known: a share only of a total that is final. */
export function describeProgress({ numDone, numFound, percent }: Remaining, isListing: boolean): string {
  if (isListing) return `${formatCount(numDone)} done, at least ${formatCount(numFound)} found, still listing`;
  if (percent === null) return `${formatCount(numDone)} done`;
  return `${formatCount(numDone)} of ${formatCount(numFound)} done, ${percent} %`;
}

/** The time that is left, as a range; `undefined` where it cannot be told. */
export function describeRemaining({ timeMs }: Remaining): string | undefined {
  return timeMs === null ? undefined : `${formatDurationRange(timeMs.low, timeMs.high)} left`;
}

/** A rate for people: "1,204/s", "3.2/s", "4/min". */
export function formatRate(perSecond: number): string {
  if (perSecond >= 10) return `${formatCount(Math.round(perSecond))}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  return `${formatCount(Math.round(perSecond * 60))}/min`;
}

/** The counts of a component that are not 0, as the terminal has them. */
export function describeCounts(stats: ComponentStats): string {
  const counts = OUTCOMES.filter(({ key }) => stats[key] > 0).map(
    ({ key, name }) => `${formatCount(stats[key])} ${name}`,
  );
  return counts.join(", ") || "nothing yet";
}

/** What was thrown, in one line. */
export function describeError({ message, name }: Pick<ErrorRecord, "message" | "name">): string {
  return name === "Error" || name === "TidemarkError" ? message : `${name}: ${message}`;
}

/** "1 failure", "3 failures". */
export function describeFailures(count: number): string {
  return formatCountOf(count, "failure");
}

/** A moment for people, in the time zone of the page. */
export function formatMoment(ms: number): string {
  const date = new Date(ms);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString("en-GB");
  return isToday ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}
