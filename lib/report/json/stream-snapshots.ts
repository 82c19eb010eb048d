import type { FollowableReport } from "../../progress/followable-report.ts";
import type { UpdateSnapshot } from "../../progress/schema/stats.ts";
import { formatError, readErrorText } from "../../text/error-text.ts";
import type { Clock } from "../../time/clock.ts";
import type { JsonOutput } from "./json-output.ts";

/** Options of {@link streamSnapshots}. */
export interface SnapshotStreamOptions {
  readonly output: JsonOutput;
  readonly clock: Clock;
  /** The least time between two lines of one report, but for the last. */
  readonly intervalMs: number;
  /** Waited for before the last line. */
  readonly beforeLast?: () => Promise<unknown>;
}

/** A longer timer would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * Writes a report as JSON lines: the newest snapshot at every interval in which there is one, and the final one at once. A run that
 * fails ends with a line that has its error, and a `"final"` as well; the promise does not reject for that.
 */
export async function streamSnapshots(
  report: Pick<FollowableReport, "app" | "title" | "watch">,
  options: SnapshotStreamOptions,
): Promise<void> {
  const { beforeLast = async () => {}, output } = options;
  const origin = { app: report.app, group: report.title };
  const throttle = new LineThrottle(options, (snapshot) => output.write({ ...origin, ...snapshot }));
  let latest: UpdateSnapshot | undefined;
  try {
    for await (latest of report.watch()) if (!latest.final) await throttle.take(latest);
    await throttle.end();
    if (latest?.final !== true) return;
    await beforeLast();
    await output.write({ ...origin, ...latest });
  } catch (error) {
    await throttle.end();
    await beforeLast();
    const name = readErrorText(error, "name") || "Error";
    const message = readErrorText(error, "message") || formatError(error);
    await output.write({ ...origin, ...latest, final: true, error: { name, message } });
  }
}

/** Throttles the lines of one report: the newest snapshot is written, at most one in each interval. */
class LineThrottle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #write: (snapshot: UpdateSnapshot) => Promise<void>;
  #waiting: UpdateSnapshot | undefined;
  #writing: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;

  constructor({ clock, intervalMs }: SnapshotStreamOptions, write: (snapshot: UpdateSnapshot) => Promise<void>) {
    this.#clock = clock;
    this.#intervalMs = Math.min(intervalMs, LONGEST_DELAY_MS);
    this.#write = write;
  }

  /** Resolves when there is room for more. */
  take(snapshot: UpdateSnapshot): Promise<void> {
    this.#waiting = snapshot;
    if (this.#cancelTimer === undefined) this.#writeWaiting();
    return this.#writing;
  }

  end(): Promise<void> {
    this.#cancelTimer?.();
    return this.#writing;
  }

  #writeWaiting(): void {
    const snapshot = this.#waiting;
    this.#waiting = undefined;
    this.#cancelTimer = undefined;
    if (snapshot === undefined) return;
    this.#writing = this.#writing.then(() => this.#write(snapshot));
    this.#cancelTimer = this.#clock.schedule(this.#intervalMs, () => this.#writeWaiting(), { isBackground: true });
  }
}
