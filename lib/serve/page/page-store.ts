import type { UpdateRecord } from "../../progress/record/update-record.ts";
import type { ReportEvent } from "../client/report-event.ts";
import { AnswerError } from "../client/update-client.ts";
import type { UpdateSink } from "../client/update-sink.ts";
import type { SummaryList } from "../client/update-summary.ts";
import {
  canTake,
  featuredOf,
  findReport,
  fromRecord,
  fromSummary,
  withEvent,
  withSum,
  type UpdateState,
} from "./update-state.ts";

/** How the page stands with its server. */
export type ConnectionState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** Milliseconds since 1970 by this machine's clock. */
  | { readonly kind: "lost"; readonly sinceMs: number; readonly reason: string }
  | { readonly kind: "locked"; readonly isWrong: boolean };

/** Everything that the page shows; a new value for each change. */
export interface PageState {
  readonly connection: ConnectionState;
  /** Newest first. */
  readonly updates: readonly UpdateState[];
  /** Why earlier updates cannot be told; `null` when they can. */
  readonly historyError: string | null;
  /** The skew: how far the server's clock is ahead of this machine's, in milliseconds. */
  readonly skewMs: number;
}

/** The state of the page, from the server's updates. Notifies its listeners at most once a frame. */
export class PageStore implements UpdateSink {
  readonly #schedule: (action: () => void) => void;
  readonly #listeners = new Set<() => void>();
  readonly #unsummed = new Set<string>();
  #state: PageState = { connection: { kind: "connecting" }, updates: [], historyError: null, skewMs: 0 };
  #isScheduled = false;
  #lostSinceMs: number | undefined;

  /** `schedule` calls an action once, soon. */
  constructor(schedule: (action: () => void) => void) {
    this.#schedule = schedule;
  }

  get state(): PageState {
    return this.#state;
  }

  find(id: string): UpdateState | undefined {
    return this.#state.updates.find((update) => update.id === id);
  }

  /** Has `listener` called after changes; the function given back takes that back. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes the list of all updates, and asks for the updates shown in full or in progress so far. */
  takeList({ historyError, updates: summaries }: SummaryList, skewMs: number): readonly string[] {
    const updates = summaries.map((summary) => fromSummary(summary, this.find(summary.id)));
    this.#change({ historyError, skewMs, updates });
    const featured = featuredOf(updates);
    return updates.filter((one) => one.own?.snapshot.final === false || featured.includes(one)).map(({ id }) => id);
  }

  /** Takes a complete update. An update that no list has named needs one, unless it is certain to be the newest. */
  takeRecord(record: UpdateRecord | undefined): "list" | void {
    if (record === undefined) return undefined;
    const known = this.find(record.id);
    // The server skips events, so an older update may be named later. Clocks are set back, so its place is not known by its time.
    if (known === undefined && !this.#beginsLast(record)) return "list";
    this.#put(fromRecord(record, known));
    return undefined;
  }

  takeReport(event: ReportEvent): "load" | "load-soon" | undefined {
    const previous = this.find(event.update);
    if (!this.takeEvent(event)) return "load";
    const numErrors = findReport(previous, event)?.snapshot.stats.total.numErrors ?? 0;
    const numForgotten = previous?.forgotten?.numGroups ?? 0;
    const hasForgotten = event.groupIndex === null && (event.numForgotten ?? 0) > numForgotten;
    return event.stats.total.numErrors > numErrors || hasForgotten ? "load-soon" : undefined;
  }

  /** Takes an event; returns `false` when its update has to be loaded first. */
  takeEvent(event: ReportEvent): boolean {
    const previous = this.find(event.update);
    if (previous === undefined || !canTake(previous, event)) return false;
    const next = withEvent(previous, event);
    if (next === previous) return true;
    this.#unsummed.add(next.id);
    this.#put(next);
    return true;
  }

  caughtUp(): void {
    this.#lostSinceMs = undefined;
    this.#change({ connection: { kind: "live" } });
  }

  lose(error: unknown): "retry" | "rest" {
    if (error instanceof AnswerError && error.kind.startsWith("token")) {
      this.#change({ connection: { kind: "locked", isWrong: error.kind === "token-refused" } });
      return "rest";
    }
    this.#lostSinceMs ??= Date.now();
    const reason = error instanceof Error ? error.message : String(error);
    this.#change({ connection: { kind: "lost", sinceMs: this.#lostSinceMs, reason } });
    return "retry";
  }

  /** Notes how much has finished by `nowMs` of the server's clock. */
  sample(nowMs: number): void {
    for (const { all, endedAtMs, throughput } of this.#state.updates) {
      if (endedAtMs === null) throughput.take(all.snapshot.stats.total.numFinished, nowMs);
    }
  }

  #beginsLast({ startedAt }: UpdateRecord): boolean {
    const [newest] = this.#state.updates;
    return newest === undefined || Date.parse(startedAt) > newest.startedAtMs;
  }

  #put(update: UpdateState): void {
    const { updates } = this.#state;
    const index = updates.findIndex(({ id }) => id === update.id);
    this.#change({ updates: index < 0 ? [update, ...updates] : updates.with(index, update) });
  }

  #change(changes: Partial<PageState>): void {
    this.#state = { ...this.#state, ...changes };
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(() => this.#tell());
  }

  #tell(): void {
    this.#isScheduled = false;
    const updates = this.#state.updates.map((update) => (this.#unsummed.has(update.id) ? withSum(update) : update));
    this.#state = { ...this.#state, updates };
    this.#unsummed.clear();
    for (const listener of this.#listeners) listener();
  }
}
