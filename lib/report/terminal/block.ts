import type { ComponentStats } from "../../progress/schema/stats.ts";
import { formatCount, formatCountOf } from "../../text/count.ts";
import { formatDuration, formatDurationRange } from "../../text/duration.ts";
import { formatError, readErrorText } from "../../text/error-text.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { renderCauses } from "./cause-lines.ts";
import { chooseMark, renderCounts, renderRow, type RowOptions } from "./component-row.ts";
import type { Line } from "./line.ts";
import { countStandings, standingOf, standingOfComponent, type ReportView, type Standing } from "./report-view.ts";

const MAX_CAUSES = 3;
const MAX_SOURCES = 3;
const MAX_NOTICES = 3;
/** Less than this is not worth a word. */
const LEAST_BEHIND_MS = 1000;
/** Of fewer components, the lines above say all there is to say. */
const LEAST_FOUND = 10;

/** Renders a report: a header, a line for each component, their sum if there are several, what went wrong, the time. */
export function renderBlock(view: ReportView, options: RowOptions): Line[] {
  return [renderTitle(view), ...renderContent(view, options).map(({ line }) => line), renderTime(view)];
}

/** Renders a report in at most `height` lines; what is not done comes first, the rest is folded into one line. */
export function fitBlock(view: ReportView, height: number, options: RowOptions): Line[] {
  const content = renderContent(view, options);
  if (content.length + 2 <= height) return renderBlock(view, options);
  if (height < 4) return [renderCompact(view, options)];
  const kept = new Set(content.toSorted((a, b) => a.rank - b.rank).slice(0, height - 3));
  const hidden = content.filter((one) => !kept.has(one));
  const standings = hidden.flatMap(({ standing }) => (standing === undefined ? [] : [standing]));
  const fold =
    standings.length > 0 ? `+${standings.length} more: ${countStandings(standings)}` : `+${hidden.length} more lines`;
  const shown = content.filter((one) => kept.has(one)).map(({ line }) => line);
  return [renderTitle(view), ...shown, { text: fold, tone: "quiet" }, renderTime(view)];
}

/** Renders a report in one line. */
export function renderCompact(view: ReportView, options: RowOptions): Line {
  const label = view.title === null ? "Stats" : toPlainText(view.title);
  const counts = view.stats === null ? "nothing yet" : renderCounts(view.stats.total);
  const tone = standingOf(view);
  return { text: `${chooseMark(tone, view, options)} ${label}: ${counts} | ${formatDuration(view.elapsedMs)}`, tone };
}

/** A line between the header and the time; the lowest rank is kept for longest when there is little room. */
interface Content {
  readonly line: Line;
  readonly rank: number;
  /** Of the line of a component. */
  readonly standing?: Standing;
}

const RANKS: Readonly<Record<Standing | "failure" | "stall" | "source" | "notice" | "cause" | "total", number>> = {
  failure: 0,
  stall: 1,
  source: 2,
  notice: 3,
  cause: 4,
  failed: 5,
  stalled: 6,
  total: 7,
  running: 8,
  waiting: 9,
  done: 10,
};

function renderContent(view: ReportView, options: RowOptions): Content[] {
  const { causes, failure, stall, stats } = view;
  // What was cancelled before it did anything is nothing to show at the end.
  const rows = Object.entries(stats?.byComponent ?? {}).filter(([, row]) => !isEmpty(row) || !view.isFinal);
  const content = rows.map(([name, row]): Content => {
    const standing = standingOfRow(name, row, view);
    return { line: renderRow(toPlainText(name), row, standing, view, options), rank: RANKS[standing], standing };
  });
  if (stats !== null && rows.length > 1) {
    const standing = standingOfComponent(stats.total);
    content.push({ line: renderRow("All components", stats.total, standing, view, options), rank: RANKS.total });
  }
  for (const text of renderCauses(causes, MAX_CAUSES)) {
    content.push({ line: { text, tone: "failed" }, rank: RANKS.cause });
  }
  const numUnexplained = (stats?.total.numErrors ?? 0) - causes.reduce((sum, { count }) => sum + count, 0);
  if (view.isFinal && numUnexplained > 0) {
    const text = `✗ ${formatCountOf(numUnexplained, "more failure")}, not kept`;
    content.push({ line: { text, tone: "failed" }, rank: RANKS.cause });
  }
  if (stall !== null) {
    const text = `! Nothing has finished for ${formatDuration(stall.quietMs)}: ${toPlainText(stall.component)} at ${toPlainText(stall.path)} has been at work for ${formatDuration(stall.ageMs)}`;
    content.push({ line: { text, tone: "stalled" }, rank: RANKS.stall });
  }
  for (const text of renderSources(view)) content.push({ line: { text, tone: "stalled" }, rank: RANKS.source });
  for (const text of renderNotices(view)) content.push({ line: { text, tone: "stalled" }, rank: RANKS.notice });
  if (failure !== undefined) content.push({ line: renderFailure(failure.error), rank: RANKS.failure });
  return content;
}

/** What it failed with comes last: it may be long. */
function renderSources({ freshness: { failingSources } }: ReportView): string[] {
  const lines = failingSources.slice(0, MAX_SOURCES).map(({ component, message, path, retryInMs }) => {
    const next = retryInMs > 0 ? `next try in ${formatDuration(retryInMs)}` : "it is tried again";
    return `! Source ${toPlainText(component)} at ${toPlainText(path)} fails, ${next}: ${toPlainText(message)}`;
  });
  const numMore = failingSources.length - MAX_SOURCES;
  if (numMore > 0) lines.push(`! +${formatCountOf(numMore, "more source fails", "more sources fail")}`);
  return lines;
}

function renderNotices({ notices = [] }: ReportView): string[] {
  const lines = notices.slice(0, MAX_NOTICES).map(({ message }) => `! ${toPlainText(message)}`);
  const numMore = notices.length - MAX_NOTICES;
  if (numMore > 0) lines.push(`! +${formatCountOf(numMore, "more notice")}`);
  return lines;
}

function renderTitle({ title }: ReportView): Line {
  return { text: title === null ? "[Stats]" : `[Stats: ${toPlainText(title)}]`, tone: "title" };
}

function renderTime(view: ReportView): Line {
  const parts = view.isFinal ? [] : renderPosition(view);
  return { text: [`Elapsed ${formatDuration(view.elapsedMs)}`, ...parts].join(" | "), tone: "quiet" };
}

/** How far it is, or how far behind. */
function renderPosition(view: ReportView): string[] {
  const { caughtUpForMs, behindMs } = view.freshness;
  if (view.isCutOff) return ["connection lost"];
  if (view.isReady) {
    const isNew = caughtUpForMs === null || caughtUpForMs < LEAST_BEHIND_MS;
    return [isNew ? "caught up" : `caught up for ${formatDuration(caughtUpForMs)}`];
  }
  if (behindMs === null || behindMs < LEAST_BEHIND_MS) return renderRemaining(view);
  const last = caughtUpForMs === null ? "" : `, last caught up ${formatDuration(caughtUpForMs)} ago`;
  return [...renderRemaining(view), `behind ${formatDuration(behindMs)}${last}`];
}

function renderRemaining({ isListing, remaining, stall }: ReportView): string[] {
  if (remaining === null || remaining.numFound < LEAST_FOUND) return [];
  const { numDone, numFound, percent, timeMs } = remaining;
  if (isListing) return [`${formatCount(numDone)} done, at least ${formatCount(numFound)} found, still listing`];
  const parts = percent === null ? [] : [`${percent} % of ${formatCount(numFound)}`];
  // The rate of before says nothing of a standstill.
  return timeMs === null || stall !== null ? parts : [...parts, `${formatDurationRange(timeMs.low, timeMs.high)} left`];
}

function renderFailure(error: unknown): Line {
  const isAbort = readErrorText(error, "name") === "AbortError";
  if (!isAbort) return { text: `✗ Failed: ${formatError(error)}`, tone: "failed" };
  const message = readErrorText(error, "message");
  return {
    text: message.startsWith("Interrupted") ? `■ ${formatError(message)}` : `■ Interrupted: ${formatError(message)}`,
    tone: "stalled",
  };
}

function standingOfRow(name: string, stats: ComponentStats, { stall }: ReportView): Standing {
  const standing = standingOfComponent(stats);
  return stall?.component === name && standing !== "failed" ? "stalled" : standing;
}

function isEmpty({ numExecutionStarts, numQueued }: ComponentStats): boolean {
  return numExecutionStarts + numQueued === 0;
}
