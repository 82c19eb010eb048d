import type { ComponentFailure } from "../../progress/report.ts";
import type { UpdateSnapshot } from "../../progress/schema/stats.ts";
import type { ErrorRecord, FailureRecord } from "../../progress/record/update-record.ts";

/** The most failures that are known of a report: the newest. */
const MAX_FAILURES = 1000;

/** What a {@link RemoteReport} is of. */
export interface RemoteReportOptions {
  readonly app: string;
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  /** The place among the groups of the update; `null` for the run's own report. */
  readonly groupIndex: number | null;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A report of another process, as a display follows one of its own. */
export class RemoteReport {
  readonly app: string;
  readonly title: string | null;
  /** Whether news cannot arrive at present; until the next snapshot is taken. */
  isCutOff = false;
  /** Its start by the monotonic clock of this process, once known. */
  startedMs: number | undefined;
  readonly #groupIndex: number | null;
  readonly #startedAt: number;
  readonly #failures = new Map<string, ComponentFailure>();
  #latest: UpdateSnapshot | undefined;
  #end: { readonly error?: unknown } | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #news = Promise.withResolvers<void>();

  constructor({ app, groupIndex, startedAt, title }: RemoteReportOptions) {
    this.app = app;
    this.title = title;
    this.#groupIndex = groupIndex;
    this.#startedAt = Date.parse(startedAt);
  }

  /** Resolves when nothing more will come. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The failures that have been counted. */
  get numErrors(): number {
    return this.#latest?.stats.total.numErrors ?? 0;
  }

  /** Takes a newer snapshot; the last one ends it. */
  take(snapshot: UpdateSnapshot, error?: ErrorRecord): void {
    if (this.#end !== undefined) return;
    this.isCutOff = false;
    this.#latest = snapshot;
    if (snapshot.final) this.#end = error === undefined ? {} : { error: reviveError(error) };
    this.#wake();
  }

  /** Takes the failures of this report; some may be known. A failure without a group index belongs to the first report with its title. */
  takeFailures(records: readonly FailureRecord[], isFirstWithTitle: boolean): void {
    for (const record of records) {
      if (!this.#isOwn(record, isFirstWithTitle)) continue;
      const key = `${record.at} ${record.path}`;
      // Who follows tells those it has had by their identity.
      if (!this.#failures.has(key)) this.#failures.set(key, reviveFailure(record));
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MAX_FAILURES) break;
      this.#failures.delete(key);
    }
  }

  /** It has ended well, as far as is known. */
  finish(): void {
    this.#end ??= {};
    this.#wake();
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

  #isOwn({ at, group, groupIndex }: FailureRecord, isFirstWithTitle: boolean): boolean {
    if (groupIndex !== undefined) return groupIndex === this.#groupIndex;
    // An earlier group may have had the same title.
    return isFirstWithTitle && group === this.title && Date.parse(at) >= this.#startedAt;
  }

  #wake(): void {
    if (this.#end !== undefined) this.#ended.resolve();
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** What JSON has made text is dates again, by a clock that `skewMs` is ahead of this one. */
export function reviveSnapshot(snapshot: UpdateSnapshot, skewMs: number): UpdateSnapshot {
  const revive = (date: Date): Date => new Date(new Date(date).getTime() - skewMs);
  return {
    ...snapshot,
    caughtUpAt: snapshot.caughtUpAt && revive(snapshot.caughtUpAt),
    oldestChangeAt: snapshot.oldestChangeAt && revive(snapshot.oldestChangeAt),
    failingSources: snapshot.failingSources.map((source) => ({
      ...source,
      since: revive(source.since),
      retryAt: revive(source.retryAt),
    })),
  };
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
