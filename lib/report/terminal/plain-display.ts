import type { Clock } from "../../time/clock.ts";
import { formatCountOf } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { renderBlock } from "./block.ts";
import { QUIET_START_MS, type Display } from "./display.ts";
import type { FollowedReport } from "./followed-report.ts";
import { BLANK, renderFrame } from "./frame.ts";
import type { Line } from "./line.ts";
import type { ReportView } from "./report-view.ts";
import type { Screen } from "./screen.ts";

/** What a {@link PlainDisplay} is made of. */
export interface PlainDisplayOptions {
  readonly screen: Screen;
  readonly clock: Clock;
  /** Told once when nothing can be shown any more. */
  readonly onError: (error: unknown) => void;
}

/** Between two looks, and so the least time between two prints of what goes on. */
const LOOK_MS = 1000;
/** A report in which something moved is shown again after this time. */
const NEWS_MS = 30_000;
/** Somebody takes a process for dead that is silent for longer. */
const SILENCE_MS = 60_000;
/** Of what goes on, printed at once. */
const MAX_LINES = 40;
/** Of groups that end together; each has a line at least. */
const MAX_LAST_LINES = 200;

/** What was last printed of a report. */
interface Printed {
  readonly at: number;
  readonly view: ReportView;
}

/**
 * Shows reports as lines that are printed for good, for a pipe, a log or a screen reader: one at the start, a block when something
 * worth a word has happened or it was long silent, and one at the end. No more than one print a second, but for that of the last report.
 */
export class PlainDisplay implements Display {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #reports = new Map<FollowedReport, Printed | undefined>();
  #ended: ReportView[] = [];
  #endPrinted = Promise.withResolvers<void>();
  #printedAt = Number.NEGATIVE_INFINITY;
  #isBroken = false;
  #cancelLook: (() => void) | undefined;
  #cancelPrint: (() => void) | undefined;

  constructor({ clock, onError, screen }: PlainDisplayOptions) {
    this.#screen = screen;
    this.#clock = clock;
    this.#onError = onError;
  }

  add(report: FollowedReport): void {
    this.#reports.set(report, undefined);
    if (this.#cancelLook === undefined) this.#scheduleLook(QUIET_START_MS);
  }

  /** Resolves when its last block is printed: with those of others that end in the same second. */
  end(report: FollowedReport): Promise<void> {
    const { promise } = this.#endPrinted;
    this.#reports.delete(report);
    this.#ended.push(report.view());
    if (this.#reports.size === 0) {
      this.#cancelLook?.();
      this.#cancelLook = undefined;
      this.#printNews();
    } else {
      const waitMs = this.#printedAt + LOOK_MS - this.#clock.now();
      if (waitMs <= 0) this.#printNews();
      // Somebody waits for it: the process must not end before.
      else this.#cancelPrint ??= this.#clock.schedule(waitMs, () => this.#printNews());
    }
    return promise;
  }

  #scheduleLook(delayMs: number): void {
    const look = (): void => {
      this.#scheduleLook(LOOK_MS);
      if (!this.#screen.needsDrain && this.#clock.now() - this.#printedAt >= LOOK_MS) this.#printNews();
    };
    // What only a report keeps alive has nothing more to report.
    this.#cancelLook = this.#clock.schedule(delayMs, look, { isBackground: true });
  }

  #printNews(): void {
    this.#cancelPrint?.();
    this.#cancelPrint = undefined;
    const ended = this.#ended;
    this.#ended = [];
    const { news, started } = this.#takeNews();
    if (ended.length + started.length + news.length === 0) return;
    this.#print(() => [renderEnds(ended), renderStarts(started), renderBlocks(news)].filter((part) => part.length > 0));
    this.#endPrinted.resolve();
    this.#endPrinted = Promise.withResolvers();
  }

  /** What is to be said of the reports that go on. */
  #takeNews(): { readonly started: readonly ReportView[]; readonly news: readonly ReportView[] } {
    const now = this.#clock.now();
    // Looks may come a little late.
    const isSilent = now - this.#printedAt >= SILENCE_MS - LOOK_MS;
    const started: ReportView[] = [];
    const news: ReportView[] = [];
    for (const [report, printed] of this.#reports) {
      if (now - report.startedAt < QUIET_START_MS) continue;
      const view = report.view();
      const isNew = printed === undefined;
      if (!isNew && !(isSilent && !isAtRest(view)) && !isNews(view, printed, now, report.intervalMs)) continue;
      (isNew ? started : news).push(view);
      this.#reports.set(report, { at: now, view });
    }
    return { started, news };
  }

  /** Parts are set apart by a blank line. */
  #print(render: () => readonly (readonly Line[])[]): void {
    this.#printedAt = this.#clock.now();
    if (this.#isBroken) return;
    try {
      this.#screen.write(
        render()
          .map((lines) => `${lines.map(({ text }) => text).join("\n")}\n\n`)
          .join(""),
      );
    } catch (error) {
      this.#isBroken = true;
      this.#onError(error);
    }
  }
}

/** Whether there is nothing to wait for, and nothing to worry about. */
function isAtRest({ freshness, isReady }: ReportView): boolean {
  return isReady && freshness.failingSources.length === 0;
}

/** Whether something has happened that is worth a block: a change of state, a new cause of failure, a tenth of the way. */
function isNews(view: ReportView, printed: Printed, now: number, intervalMs: number): boolean {
  const sinceMs = now - printed.at;
  if (sinceMs < Math.min(intervalMs, SILENCE_MS - LOOK_MS)) return false;
  if (describeState(view) !== describeState(printed.view)) return true;
  return sinceMs >= NEWS_MS && view.stats !== printed.view.stats;
}

function describeState({ causes, freshness, isCutOff, isReady, notices = [], remaining, stall }: ReportView): string {
  const tenths = Math.floor((remaining?.percent ?? 0) / 10);
  const failing = freshness.failingSources.map(({ path }) => path);
  return JSON.stringify([isReady, isCutOff, stall?.path, causes.length, notices.length, tenths, failing]);
}

/** A run's own block is whole, and so are those of groups if they are not too many. */
function renderEnds(views: readonly ReportView[]): Line[] {
  const groups = views.filter(({ title }) => title !== null);
  const runs = views.filter(({ title }) => title === null);
  const height = groups.length === 1 ? Infinity : Math.max(MAX_LAST_LINES, groups.length);
  const blocks = runs.map((view) => renderBlock(view, { isAnimated: false }));
  if (groups.length > 0) blocks.unshift(renderFrame(groups, { width: Infinity, height, isAnimated: false }));
  return blocks.flatMap((block, index) => (index === 0 ? block : [BLANK, ...block]));
}

function renderStarts(views: readonly ReportView[]): Line[] {
  const shown = views.slice(0, MAX_LINES);
  const lines = shown.map(({ title }) =>
    title === null ? "[Stats] started" : `[Stats: ${toPlainText(title)}] started`,
  );
  if (views.length > shown.length) lines.push(`+${formatCountOf(views.length - shown.length, "more report")} started`);
  return lines.map((text) => ({ text, tone: "plain" }));
}

function renderBlocks(views: readonly ReportView[]): Line[] {
  return renderFrame(views, { width: Infinity, height: MAX_LINES, isAnimated: false });
}
