interface Sample {
  readonly atMs: number;
  readonly count: number;
}

/** How far back a rate looks. */
const WINDOW_MS = 10_000;
const SAMPLE_STEP_MS = 250;
/** Over less than this a rate is a guess. */
const LEAST_TIME_MS = 1000;

/** How fast a count grows, over the last ten seconds. */
export class RateMeter {
  readonly #samples: Sample[] = [];

  /** Takes the count at a time. */
  take(count: number, atMs: number): void {
    const previous = this.#samples.at(-1);
    if (previous !== undefined && atMs - previous.atMs < SAMPLE_STEP_MS) return;
    this.#samples.push({ atMs, count });
    while (this.#samples.length > 2 && this.#samples[1]!.atMs <= atMs - WINDOW_MS) this.#samples.shift();
  }

  /** The growth per second until now; `null` while it cannot be told. */
  perSecond(count: number, nowMs: number): number | null {
    const from = this.#samples.findLast(({ atMs }) => atMs <= nowMs - WINDOW_MS) ?? this.#samples[0];
    if (from === undefined || nowMs - from.atMs < LEAST_TIME_MS) return null;
    return ((count - from.count) / (nowMs - from.atMs)) * 1000;
  }
}
