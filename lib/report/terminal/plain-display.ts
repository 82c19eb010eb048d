import type { Clock } from "../../time/clock.ts";
import { formatCountOf } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { renderBlock } from "./block.ts";
import { QUIET_START_MS, type Display } from "./display.ts";
import type { FollowedReport } from "./followed-report.ts";
import { renderFrame } from "./frame.ts";
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
/** Of what is printed at once. */
const MAX_LINES = 40;

/** What was last printed of a report. */
interface Printed {
  readonly at: number;
  readonly view: ReportView;
}

/**
 * Shows reports as lines that are printed for good, for a pipe, a log or a screen reader: one at the start, a block when something
 * worth a word has happened or it was long silent, and one at the end. No more than one print a second, but for the last blocks.
 */
export class PlainDisplay implements Display {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #reports = new Map<FollowedReport, Printed | undefined>();
  #printedAt = Number.NEGATIVE_INFINITY;
  #isBroken = false;
  #cancelLook: (() => void) | undefined;

  constructor({ clock, onError, screen }: PlainDisplayOptions) {
    this.#screen = screen;
    this.#clock = clock;
    this.#onError = onError;
  }

  add(report: FollowedReport): void {
    this.#reports.set(report, undefined);
    if (this.#cancelLook === undefined) this.#scheduleLook(QUIET_START_MS);
  }

  end(report: FollowedReport): void {
    this.#reports.delete(report);
    this.#print(() => renderBlock(report.view(), { isAnimated: false }));
    if (this.#reports.size > 0) return;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
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
    const now = this.#clock.now();
    // Looks may come a little late.
    const isSilent = now - this.#printedAt >= SILENCE_MS - LOOK_MS;
    const started: ReportView[] = [];
    const news: ReportView[] = [];
    for (const [report, printed] of this.#reports) {
      if (now - report.startedAt < QUIET_START_MS) continue;
      const view = report.view();
      const isNew = printed === undefined;
      if (!isNew && !(isSilent && !view.isReady) && !isNews(view, printed, now, report.intervalMs)) continue;
      (isNew ? started : news).push(view);
      this.#reports.set(report, { at: now, view });
    }
    if (started.length + news.length > 0) this.#print(() => [...renderStarts(started), ...renderBlocks(news)]);
  }

  #print(render: () => readonly Line[]): void {
    this.#printedAt = this.#clock.now();
    if (this.#isBroken) return;
    try {
      this.#screen.write(
        `${render()
          .map(({ text }) => text)
          .join("\n")}\n\n`,
      );
    } catch (error) {
      this.#isBroken = true;
      this.#onError(error);
    }
  }
}

/** Whether something has happened that is worth a block: a change of state, a new cause of failure, a tenth of the way. */
function isNews(view: ReportView, printed: Printed, now: number, intervalMs: number): boolean {
  const sinceMs = now - printed.at;
  if (sinceMs < Math.min(intervalMs, SILENCE_MS - LOOK_MS)) return false;
  if (describeState(view) !== describeState(printed.view)) return true;
  return sinceMs >= NEWS_MS && view.stats !== printed.view.stats;
}

function describeState({ causes, isReady, remaining, stall }: ReportView): string {
  const tenths = Math.floor((remaining?.percent ?? 0) / 10);
  return [isReady, stall?.path, causes.length, tenths].join();
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
