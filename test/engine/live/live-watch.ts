import type { UpdateSnapshot, WatchOptions } from "../../../lib/index.ts";

/** What a {@link LiveWatch} follows: a run, or a stats group. */
export interface Watchable<R> {
  watch(options?: WatchOptions): AsyncIterable<UpdateSnapshot<R>>;
}

interface Waiting<R> {
  readonly isMet: (snapshot: UpdateSnapshot<R>) => boolean;
  readonly end: PromiseWithResolvers<void>;
}

/** Follows a report in the background, and keeps what it shows. */
export class LiveWatch<R> {
  readonly snapshots: UpdateSnapshot<R>[] = [];
  /** Resolves when the report has ended; rejects as it does. */
  readonly ended: Promise<void>;
  #waiting: readonly Waiting<R>[] = [];
  #hasEnded = false;

  constructor(watchable: Watchable<R>) {
    this.ended = this.#follow(watchable).finally(() => (this.#hasEnded = true));
    this.ended.then(
      () => this.#waiting.forEach(({ end }) => end.resolve()),
      (error: unknown) => this.#waiting.forEach(({ end }) => end.reject(error)),
    );
  }

  /** The statuses shown, repetitions left out; the final one in capitals. */
  get statuses(): string[] {
    const texts = this.snapshots.map(({ final, status }) => (final ? status.toUpperCase() : status));
    return texts.filter((text, index) => text !== texts[index - 1]);
  }

  get last(): UpdateSnapshot<R> | undefined {
    return this.snapshots.at(-1);
  }

  /** Resolves when a snapshot meets a condition: the last one, or one that comes. Rejects if the report fails first. */
  async until(isMet: (snapshot: UpdateSnapshot<R>) => boolean): Promise<void> {
    if (this.last !== undefined && isMet(this.last)) return;
    if (this.#hasEnded) return this.ended;
    // Not a race with `ended`: that would keep every wait for as long as the report lasts.
    const end = Promise.withResolvers<void>();
    this.#waiting = [...this.#waiting, { isMet, end }];
    await end.promise;
  }

  /** Resolves when it has caught up, and finished `count` executions in all, the main function left out. */
  untilReady(count: number = 0): Promise<void> {
    return this.until(({ status, stats }) => {
      const numFinished = stats.total.numFinished - (stats.byComponent["main"]?.numFinished ?? 0);
      return status === "ready" && numFinished >= count;
    });
  }

  async #follow(watchable: Watchable<R>): Promise<void> {
    for await (const snapshot of watchable.watch()) {
      this.snapshots.push(snapshot);
      const met = this.#waiting.filter(({ isMet }) => isMet(snapshot));
      this.#waiting = this.#waiting.filter((entry) => !met.includes(entry));
      for (const { end } of met) end.resolve();
    }
  }
}
