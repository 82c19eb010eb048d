import type { JSX } from "preact";
import { memo } from "preact/compat";
import { findStall } from "../../progress/view/stall.ts";
import { formatCountOf } from "../../text/count.ts";
import { formatDuration } from "../../text/duration.ts";
import { OutcomeBar, OutcomeLegend } from "./outcome-bar.tsx";
import { elapsedOf, type ReportState } from "./report-state.ts";
import { describeCounts, describeProgress, describeRemaining, formatMoment, formatRate } from "./words.ts";

/** What a {@link ReportCard} shows. */
export interface ReportCardProps {
  readonly title: string;
  readonly report: ReportState;
  /** The server's time, in milliseconds since 1970; 0 for a report that has ended, which does not change with time. */
  readonly nowMs: number;
}

/** The rate of less than this says nothing. */
const LEAST_TIME_MS = 1000;

/** One report: the run's own, or that of a stats group. */
export const ReportCard = memo(function ReportCard({ nowMs, report, title }: ReportCardProps): JSX.Element {
  const { snapshot } = report;
  const elapsedMs = elapsedOf(report, nowMs);
  const remaining = report.estimator.estimate(elapsedMs);
  const stall = findStall(snapshot, elapsedMs);
  const isFinal = snapshot.final;
  const text = describeProgress(remaining, snapshot.isListing);
  const { total } = snapshot.stats;
  return (
    <article class={`card ${standingOf(report)}`} aria-label={title}>
      <header>
        <h3 dir="auto" title={title}>
          {title}
        </h3>
        <span class="elapsed">{formatDuration(elapsedMs)}</span>
      </header>
      <OutcomeBar
        label={title}
        stats={total}
        remaining={remaining}
        isFinal={isFinal}
        isListing={snapshot.isListing}
        text={text}
      />
      <p class="progress">
        <span>{text}</span>
        <span class="pace">{describePace(report, elapsedMs)}</span>
      </p>
      <OutcomeLegend stats={total} />
      {stall !== null && !isFinal && (
        <p class="notice">
          Nothing has finished for {formatDuration(stall.quietMs)}. At work for longest: <b>{stall.component}</b> at{" "}
          <code dir="auto">{stall.path}</code>
        </p>
      )}
      {!isFinal &&
        snapshot.failingSources.map(({ component, message, numFailures, path }) => (
          <p key={path} class="notice failed">
            <b>{component}</b> at <code dir="auto">{path}</code> fails, {formatCountOf(numFailures, "time")} so far, and
            is tried again: {message}
          </p>
        ))}
      <ComponentList report={report} />
    </article>
  );
});

function ComponentList({ report }: { readonly report: ReportState }): JSX.Element | null {
  const components = Object.entries(report.snapshot.stats.byComponent);
  if (components.length === 0) return null;
  return (
    <dl class="components">
      {components.map(([name, stats]) => (
        <div key={name}>
          <dt dir="auto">{name}</dt>
          {/* The counts of a single component are those of the report. */}
          <dd class={components.length === 1 ? "hidden" : undefined}>{describeCounts(stats)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The rate, the time that is left, and how current it is. */
export function describePace({ estimator, rate, snapshot }: ReportState, elapsedMs: number): string {
  const { numFinished } = snapshot.stats.total;
  if (snapshot.final) {
    return elapsedMs >= LEAST_TIME_MS && numFinished > 0 ? formatRate((numFinished / elapsedMs) * 1000) : "";
  }
  const { caughtUpAt, oldestChangeAt } = snapshot;
  if (snapshot.status === "ready") return `up to date${caughtUpAt === null ? "" : ` since ${timeOf(caughtUpAt)}`}`;
  const perSecond = rate.perSecond(numFinished, elapsedMs);
  const parts = [
    perSecond === null || perSecond === 0 ? undefined : formatRate(perSecond),
    describeRemaining(estimator.estimate(elapsedMs)),
    oldestChangeAt === null ? undefined : `a change has waited since ${timeOf(oldestChangeAt)}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

/** A time of a snapshot, which comes as text. */
function timeOf(date: Date): string {
  return formatMoment(new Date(date).getTime());
}

/** How a report stands, in one word. */
export function standingOf({ error, snapshot }: ReportState): "failing" | "done" | "running" {
  const isFailing = error !== null || snapshot.stats.total.numErrors > 0 || snapshot.failingSources.length > 0;
  if (isFailing) return "failing";
  return snapshot.final || snapshot.status === "ready" ? "done" : "running";
}
