import type { UpdateRecord } from "../../progress/record/update-record.ts";
import type { ReportEvent } from "../client/report-event.ts";
import type { UpdateSummary } from "../client/update-summary.ts";
import { canTake, fromRecord, fromSummary, withEvent, withSum, type UpdateState } from "./update-state.ts";

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
  /** What the server's clock is ahead of this machine's, in milliseconds. */
  readonly skewMs: number;
}

/** Holds what the page shows, and tells those who show it once a frame at most. */
export class PageStore {
  readonly #schedule: (action: () => void) => void;
  readonly #listeners = new Set<() => void>();
  readonly #unsummed = new Set<string>();
  #state: PageState = { connection: { kind: "connecting" }, updates: [], historyError: null, skewMs: 0 };
  #isScheduled = false;

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

  /** Changes what is not about one update. */
  set(changes: Partial<Omit<PageState, "updates">>): void {
    this.#change({ ...this.#state, ...changes });
  }

  /** Takes the list of all updates. */
  takeList(summaries: readonly UpdateSummary[]): void {
    this.#change({ ...this.#state, updates: summaries.map((summary) => fromSummary(summary, this.find(summary.id))) });
  }

  /** Takes one update with all that is known of it. */
  takeRecord(record: UpdateRecord): void {
    this.#put(fromRecord(record, this.find(record.id)));
  }

  /** Takes an event; tells whether that was possible, or the update has to be asked for first. */
  takeEvent(event: ReportEvent): boolean {
    const known = this.find(event.update);
    if (known === undefined || !canTake(known, event)) return false;
    const next = withEvent(known, event);
    if (next === known) return true;
    this.#unsummed.add(next.id);
    this.#put(next);
    return true;
  }

  /** Notes how much has finished by `nowMs` of the server's clock. */
  sample(nowMs: number): void {
    for (const { all, endedAtMs, throughput } of this.#state.updates) {
      if (endedAtMs === null) throughput.take(all.snapshot.stats.total.numFinished, nowMs);
    }
  }

  #put(update: UpdateState): void {
    const { updates } = this.#state;
    const index = updates.findIndex(({ id }) => id === update.id);
    const next = index < 0 ? [update, ...updates] : updates.with(index, update);
    this.#change({
      ...this.#state,
      updates: index < 0 ? next.toSorted((one, other) => other.startedAtMs - one.startedAtMs) : next,
    });
  }

  #change(state: PageState): void {
    this.#state = state;
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
