import type { UpdateSnapshot } from "../../progress/stats.ts";
import type { Clock } from "../../time/clock.ts";
import { renderFrame } from "./frame.ts";
import type { Screen } from "./screen.ts";

/** What a reporter follows: the handle of a run or of a stats group. */
export interface ReportSource {
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  watch(): AsyncIterable<UpdateSnapshot>;
}

/** Options of {@link followReport}. */
export interface FollowOptions {
  readonly screen: Screen;
  readonly clock: Clock;
  /** The least time between two blocks. */
  readonly intervalMs: number;
  /** Told once when the screen fails; nothing more is printed then, the report is still followed to its end. */
  readonly onScreenError: (error: unknown) => void;
}

/** A report that ends sooner shows as its final block only. */
const QUIET_START_MS = 300;
/** A run that moves no counter for this long is shown again, so that nobody takes it for dead. */
const LONGEST_SILENCE_MS = 60_000;
/** A longer timer would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * Prints a block at every interval in which something changed, and a final one when the report ends.
 * A run that fails shows in the final block; the promise resolves after that block and never rejects.
 */
export async function followReport(source: ReportSource, options: FollowOptions): Promise<void> {
  const printer = new BlockPrinter(source.title, options);
  try {
    for await (const snapshot of source.watch()) printer.take(snapshot);
    printer.end();
  } catch (error) {
    printer.end({ error });
  }
}

class BlockPrinter {
  readonly #title: string | null;
  readonly #options: FollowOptions;
  readonly #startedAt: number;
  #latest: { readonly snapshot: UpdateSnapshot; readonly takenAt: number } | undefined;
  #hasNews = false;
  #printedAt: number;
  #isScreenBroken = false;
  #cancelTick: () => void;

  constructor(title: string | null, options: FollowOptions) {
    this.#title = title;
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#printedAt = this.#startedAt;
    this.#cancelTick = this.#scheduleTick(Math.max(options.intervalMs, QUIET_START_MS));
  }

  take(snapshot: UpdateSnapshot): void {
    this.#latest = { snapshot, takenAt: this.#options.clock.now() };
    this.#hasNews = true;
  }

  end(failure?: { readonly error: unknown }): void {
    this.#cancelTick();
    this.#print(true, failure);
  }

  #scheduleTick(delayMs: number): () => void {
    return this.#options.clock.schedule(Math.min(delayMs, LONGEST_DELAY_MS), () => {
      this.#cancelTick = this.#scheduleTick(this.#options.intervalMs);
      if (this.#isDue() && this.#options.screen.needsDrain !== true) this.#print(false);
    });
  }

  #isDue(): boolean {
    if (this.#hasNews) return true;
    const isWaiting = this.#latest?.snapshot.status !== "ready";
    return isWaiting && this.#options.clock.now() - this.#printedAt >= LONGEST_SILENCE_MS;
  }

  #print(isFinal: boolean, failure?: { readonly error: unknown }): void {
    const { screen, clock, onScreenError } = this.#options;
    this.#hasNews = false;
    this.#printedAt = clock.now();
    if (this.#isScreenBroken) return;
    try {
      const stats = this.#latest?.snapshot.stats ?? null;
      const frame = { title: this.#title, stats, elapsedMs: this.#elapsedMs(), isFinal, ...(failure && { failure }) };
      screen.write(`${renderFrame(frame, screen.columns).join("\n")}\n\n`);
    } catch (error) {
      this.#isScreenBroken = true;
      onScreenError(error);
    }
  }

  #elapsedMs(): number {
    const now = this.#options.clock.now();
    if (this.#latest === undefined) return now - this.#startedAt;
    const { snapshot, takenAt } = this.#latest;
    return snapshot.elapsedMs + now - takenAt;
  }
}
