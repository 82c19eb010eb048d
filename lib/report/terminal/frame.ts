import { fitBlock, renderBlock, renderCompact } from "./block.ts";
import type { RowOptions } from "./component-row.ts";
import { cutLine, type Line } from "./line.ts";
import { countStandings, STANDINGS, standingOf, type ReportView } from "./report-view.ts";

/** The room that there is for a frame. */
export interface FrameOptions extends RowOptions {
  /** In columns; no line is wider. */
  readonly width: number;
  /** In lines. */
  readonly height: number;
}

/** An empty line. */
export const BLANK: Line = { text: "", tone: "quiet" };

/**
 * Renders reports into at most `height` lines of at most `width` columns: a block for each while there is room, then only a
 * line for those that matter less, then a number for the rest. Failed ones come first, then stalled, running, waiting, done.
 */
export function renderFrame(views: readonly ReportView[], options: FrameOptions): Line[] {
  if (views.length === 0 || options.height < 1) return [];
  const lines = renderWhole(views, options) ?? renderMixed(views, options) ?? renderMost(views, options);
  return lines.map((line) => cutLine(line, options.width));
}

/** All blocks, apart from each other if possible. */
function renderWhole(views: readonly ReportView[], options: FrameOptions): Line[] | undefined {
  // A block has two lines at least: not even rendered when there are far too many.
  if (views.length * 2 > options.height) return undefined;
  const blocks = views.map((view) => renderBlock(view, options));
  const numLines = blocks.reduce((sum, block) => sum + block.length, 0);
  if (numLines + blocks.length - 1 <= options.height) {
    return blocks.flatMap((block, index) => (index === 0 ? block : [BLANK, ...block]));
  }
  return numLines <= options.height ? blocks.flat() : undefined;
}

/** A line for each, and as much more for those that matter most as there is room. */
function renderMixed(views: readonly ReportView[], options: FrameOptions): Line[] | undefined {
  let spare = options.height - views.length;
  if (spare < 0) return undefined;
  const drawn = new Map<ReportView, Line[]>();
  for (const view of sortByStanding(views)) {
    const block = fitBlock(view, spare + 1, options);
    drawn.set(view, block);
    spare -= block.length - 1;
  }
  return views.flatMap((view) => drawn.get(view) ?? []);
}

/** A line for those that matter most, and one that counts the rest. */
function renderMost(views: readonly ReportView[], options: FrameOptions): Line[] {
  const kept = new Set(sortByStanding(views).slice(0, options.height - 1));
  const shown = views.filter((view) => kept.has(view)).map((view) => renderCompact(view, options));
  const standings = views.filter((view) => !kept.has(view)).map(standingOf);
  const count = shown.length > 0 ? `+${standings.length} more` : `${standings.length} reports`;
  return [...shown, { text: `${count}: ${countStandings(standings)}`, tone: "quiet" }];
}

/** The run's own report comes before the groups that stand as it does. */
function sortByStanding(views: readonly ReportView[]): ReportView[] {
  return views
    .map((view) => ({ view, rank: STANDINGS.indexOf(standingOf(view)) * 2 + (view.title === null ? 0 : 1) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ view }) => view);
}
