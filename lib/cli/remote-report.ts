import type { ComponentFailure } from "../progress/report.ts";
import type { UpdateSnapshot } from "../progress/stats.ts";
import type { ErrorRecord, FailureRecord } from "../progress/update-record.ts";

/** A report of another process, as a display follows one of its own. */
export class RemoteReport {
  readonly app: string;
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  readonly #failures = new Map<string, ComponentFailure>();
  #latest: UpdateSnapshot | undefined;
  #end: { readonly error?: unknown } | undefined;
  #news = Promise.withResolvers<void>();

  constructor(app: string, title: string | null) {
    this.app = app;
    this.title = title;
  }

  /** Its newest snapshot. */
  get latest(): UpdateSnapshot | undefined {
    return this.#latest;
  }

  /** Takes a newer snapshot; the last one ends it. */
  take(snapshot: UpdateSnapshot, error?: ErrorRecord): void {
    if (this.#end !== undefined) return;
    this.#latest = snapshot;
    if (snapshot.final) this.#end = error === undefined ? {} : { error: reviveError(error) };
    this.#wake();
  }

  /** Takes failures, of which some may be known. */
  takeFailures(records: readonly FailureRecord[]): void {
    for (const record of records) {
      const key = `${record.at} ${record.path}`;
      // Who follows tells those it has had by their identity.
      if (!this.#failures.has(key)) this.#failures.set(key, reviveFailure(record));
    }
  }

  /** It has ended, and is not told of any more: its last counts that were seen stand. */
  settle(): void {
    if (this.#latest !== undefined) this.take({ ...this.#latest, final: true, isListing: false, oldest: null });
  }

  /** It is over, though its end has not been seen. */
  abandon(error: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  failures(): readonly ComponentFailure[] {
    return [...this.#failures.values()];
  }

  /** Each snapshot, or the newest of those that came at once; throws what the report failed with. */
  async *watch(): AsyncGenerator<UpdateSnapshot, void> {
    let seen: UpdateSnapshot | undefined;
    for (;;) {
      if (this.#latest !== undefined && this.#latest !== seen) {
        seen = this.#latest;
        yield seen;
      } else if (this.#end !== undefined) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      } else {
        await this.#news.promise;
      }
    }
  }

  #wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

function reviveFailure({ at, component, error, group, path }: FailureRecord): ComponentFailure {
  return { component, path, group, error: reviveError(error), at: new Date(at) };
}

function reviveError({ message, name, stack }: ErrorRecord): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = stack ?? `${name}: ${message}`;
  return error;
}
