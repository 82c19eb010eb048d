import type { UpdateSnapshot } from "../schema/stats.ts";

/** What can honestly be said of the rest of a report. */
export interface Remaining {
  /** Components that are over, memo hits and failures included. */
  readonly numDone: number;
  /** Components that are known of; more may come while the listing goes on. */
  readonly numFound: number;
  /** From 0 to 99, rounded down; `null` while the total is not known, and once nothing is left. */
  readonly percent: number | null;
  /** The time that is left, in milliseconds; `null` while it cannot be told. */
  readonly timeMs: TimeRange | null;
}

/** A range of time, in milliseconds. */
export interface TimeRange {
  readonly low: number;
  readonly high: number;
}

/** What was counted at one moment. */
interface Sample {
  readonly atMs: number;
  /** Executions that ran: memo hits and deletes are no work that tells about the rest. */
  readonly numRan: number;
  readonly numHits: number;
}

/** How far back the present rate looks. */
const WINDOW_MS = 10_000;
const SAMPLE_STEP_MS = 250;
/** With fewer executions, or less time, a rate is a guess. */
const LEAST_EXECUTIONS = 10;
const LEAST_TIME_MS = 2000;
/** A wider range than this says nothing. */
const WIDEST_RATIO = 10;
/** Below this, in milliseconds, ranges are not compared: nobody plans with it. */
const NEGLIGIBLE_MS = 2000;

/** Estimates the rest of one report from its snapshots, as they come. */
export class RemainingEstimator {
  readonly #samples: Sample[] = [];
  #latest: UpdateSnapshot | undefined;

  /** Takes a newer snapshot. */
  take(snapshot: UpdateSnapshot): void {
    this.#latest = snapshot;
    const sample = createSample(snapshot);
    const previous = this.#samples.at(-1);
    if (previous !== undefined && sample.atMs - previous.atMs < SAMPLE_STEP_MS) return;
    this.#samples.push(sample);
    // The first stays, as the beginning of the work; so does the last one before the window, as the window's beginning.
    while (this.#samples.length > 2 && this.#samples[2]!.atMs <= sample.atMs - WINDOW_MS) this.#samples.splice(1, 1);
  }

  /** What can be said at `elapsedMs` of the report. */
  estimate(elapsedMs: number): Remaining {
    if (this.#latest === undefined) return { numDone: 0, numFound: 0, percent: null, timeMs: null };
    const { isListing, stats, status } = this.#latest;
    const numDone = stats.total.numFinished;
    const numFound = numDone + stats.total.numInProgress + stats.total.numQueued;
    if (isListing || status === "ready" || numDone === numFound) {
      return { numDone, numFound, percent: null, timeMs: null };
    }
    const percent = Math.floor((numDone / numFound) * 100);
    return { numDone, numFound, percent, timeMs: this.#estimateTime(this.#latest, elapsedMs) };
  }

  #estimateTime(latest: UpdateSnapshot, elapsedMs: number): TimeRange | null {
    const now = createSample(latest, elapsedMs);
    const first = this.#samples[0]!;
    const recent = this.#samples.findLast(({ atMs }) => atMs <= elapsedMs - WINDOW_MS) ?? first;
    const [overall, lately] = [measure(first, now), measure(recent, now)];
    if (now.numRan < LEAST_EXECUTIONS || overall.tookMs < LEAST_TIME_MS || lately.numRan === 0) return null;
    const { numInProgress, numQueued } = latest.stats.total;
    const share = shareOfWork(now, [overall, lately]);
    // The rate of a few executions is known within about one over the square root of their number.
    const doubt = 1 / Math.sqrt(Math.max(lately.numRan, 4));
    const low = ((numInProgress + numQueued * share.low) / Math.max(overall.perMs, lately.perMs)) * (1 - doubt);
    const high = ((numInProgress + numQueued * share.high) / Math.min(overall.perMs, lately.perMs)) * (1 + doubt);
    return high > WIDEST_RATIO * Math.max(low, NEGLIGIBLE_MS) ? null : { low, high };
  }
}

interface Measured {
  readonly tookMs: number;
  readonly numRan: number;
  readonly perMs: number;
  /** The share of executions that ran among those that were no deletes; `null` without any. */
  readonly share: number | null;
}

function createSample({ elapsedMs, stats: { total } }: UpdateSnapshot, atMs: number = elapsedMs): Sample {
  return { atMs, numRan: total.numAdds + total.numReprocesses + total.numErrors, numHits: total.numUnchanged };
}

function measure(from: Sample, to: Sample): Measured {
  const tookMs = to.atMs - from.atMs;
  const numRan = to.numRan - from.numRan;
  const numEnded = numRan + to.numHits - from.numHits;
  return { tookMs, numRan, perMs: tookMs > 0 ? numRan / tookMs : 0, share: numEnded > 0 ? numRan / numEnded : null };
}

/** Which share of what waits is real work, judged by what has come so far: two standard errors to both sides. */
function shareOfWork({ numRan, numHits }: Sample, measured: readonly Measured[]): TimeRange {
  const shares = measured.map(({ share }) => share).filter((share) => share !== null);
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  const numEnded = numRan + numHits;
  const margin = (share: number): number => 2 * Math.sqrt((share * (1 - share)) / numEnded);
  return { low: Math.max(0, low - margin(low)), high: Math.min(1, high + margin(high)) };
}
