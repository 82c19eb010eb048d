import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatCount, formatCountOf } from "../../text/count.ts";
import { formatDuration } from "../../text/duration.ts";
import { FailureList } from "./failure-list.tsx";
import { OutcomeBar } from "./outcome-bar.tsx";
import { describePace, ReportCard, standingOf } from "./report-card.tsx";
import { elapsedOf, type ReportState } from "./report-state.ts";
import { ThroughputChart } from "./throughput-chart.tsx";
import type { UpdateState } from "./update-state.ts";
import { describeError, describeProgress, formatMoment } from "./words.ts";

/** What an {@link UpdateSection} shows. */
export interface UpdateSectionProps {
  readonly update: UpdateState;
  /** The server's time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Whether what it stands in has its name already. */
  readonly isNested?: boolean;
}

/** From so many groups on, those that need no attention can be hidden. */
const MANY_GROUPS = 12;

/** One update with all its reports. */
export function UpdateSection({ isNested = false, nowMs, update }: UpdateSectionProps): JSX.Element {
  const { all, app, error, failures } = update;
  return (
    <section class="update" aria-label={isNested ? undefined : `Update of ${app}`}>
      <Overview update={update} nowMs={nowMs} isNested={isNested} />
      {error !== null && (
        <p class="notice failed">
          {update.status === "aborted" ? "Stopped: " : "Failed: "}
          {describeError(error)}
        </p>
      )}
      {failures !== null && (
        <FailureList
          label={isNested ? undefined : `Failures of ${app}`}
          failures={failures}
          numErrors={all.snapshot.stats.total.numErrors}
        />
      )}
      <ReportGrid update={update} nowMs={nowMs} />
    </section>
  );
}

function Overview({ isNested = false, nowMs, update }: UpdateSectionProps): JSX.Element {
  const { all, app, endedAtMs, kind, startedAtMs, throughput } = update;
  const { isListing, final: isFinal, stats } = all.snapshot;
  const elapsedMs = elapsedOf(all, nowMs);
  const remaining = all.estimator.estimate(elapsedMs);
  const text = describeProgress(remaining, isListing);
  return (
    <header class={`overview ${isNested ? "nested" : ""} ${isFinal ? "" : "running"}`}>
      <div class="facts">
        {!isNested && (
          <h2>
            <span dir="auto">{app}</span>
            <span class={`status ${update.status}`}>{describeStatus(update)}</span>
          </h2>
        )}
        <p class="when">
          {kind === "drop" ? "Drop, started" : "Started"} {formatMoment(startedAtMs)}, {formatDuration(elapsedMs)}{" "}
          {isFinal ? "in all" : "so far"}
        </p>
        <p class="headline">{text}</p>
        {!isFinal && <p class="pace">{describePace(update.all, elapsedMs)}</p>}
      </div>
      {(endedAtMs === null || throughput.rows[0].length > 0) && (
        <ThroughputChart throughput={throughput} nowMs={nowMs} />
      )}
      <OutcomeBar
        label={`All of ${app}`}
        stats={stats.total}
        remaining={remaining}
        isFinal={isFinal}
        isListing={isListing}
        text={text}
      />
    </header>
  );
}

function ReportGrid({ nowMs, update }: UpdateSectionProps): JSX.Element {
  const { forgotten, groups, id, own } = update;
  const [isFolded, setFolded] = useState(false);
  const shown = groups.filter((report) => !isFolded || needsAttention(report));
  const numHidden = groups.length - shown.length;
  return (
    <>
      {groups.length >= MANY_GROUPS && (
        <p class="filter">
          <label>
            <input type="checkbox" checked={isFolded} onChange={(event) => setFolded(event.currentTarget.checked)} />{" "}
            Only groups that run or fail
          </label>
          <span>
            {formatCount(groups.length)} groups{numHidden > 0 && `, ${formatCount(numHidden)} hidden`}
          </span>
        </p>
      )}
      <div class="cards">
        {own !== null && (
          <ReportCard
            key={`${id} own`}
            title={groups.length > 0 ? "Outside groups" : "All components"}
            report={own}
            nowMs={timeFor(own, nowMs)}
          />
        )}
        {shown.map((report) => (
          <ReportCard
            key={`${id} ${report.index}`}
            title={report.title ?? ""}
            report={report}
            nowMs={timeFor(report, nowMs)}
          />
        ))}
      </div>
      {forgotten !== null && (
        <p class="quiet">{formatCountOf(forgotten.numGroups, "earlier group")} counted above, without a card.</p>
      )}
    </>
  );
}

function needsAttention(report: ReportState): boolean {
  return standingOf(report) !== "done";
}

/** What has ended is not drawn again because time goes by. */
function timeFor({ snapshot }: ReportState, nowMs: number): number {
  return snapshot.final ? 0 : nowMs;
}

/** How an update stands, in one or two words. */
export function describeStatus({ all, status }: UpdateState): string {
  if (status === "failed") return "failed";
  if (status === "aborted") return "stopped";
  if (all.snapshot.final) return all.snapshot.stats.total.numErrors > 0 ? "done, with failures" : "done";
  return status === "ready" ? "up to date" : "running";
}
