import type { Attributes } from "@opentelemetry/api";
import { CANCELLATIONS_INDEX, type ComponentInstruments } from "./export/instruments.ts";
import type { ExportedCounts } from "./export/component-export.ts";
import type { MetricExport } from "./export/metric-export.ts";
import type { Series } from "./export/series.ts";
import { COUNTER, COUNTER_COUNT, createComponentStats, type ComponentStats, type Outcome } from "./schema/stats.ts";

/** The exported side of a cell: where its counts go besides the local reader. */
export interface CellExport {
  /** As they are at the moment: exports come and go. */
  readonly exports: readonly MetricExport[];
  readonly series: Series;
}

/** What a cell had to hand over: whether executions have ended, or only started. */
export type HandedOver = "nothing" | "starts" | "finishes";

/**
 * The counts of one component function in one report. Counting is a plain increment; a beat hands what is pending to the
 * OpenTelemetry counters, and what the local reader gives back becomes reported. Both together are exact at any moment.
 */
export class Cell {
  readonly component: string;
  readonly #localAttributes: Attributes;
  readonly #export: CellExport;
  readonly #touch: (cell: Cell) => void;
  readonly #pending = new Array<number>(COUNTER_COUNT).fill(0);
  readonly #handedOver = new Array<number>(COUNTER_COUNT).fill(0);
  readonly #reported = new Array<number>(COUNTER_COUNT).fill(0);
  #numCancelled = 0;
  #numCancelledExported = 0;
  #numQueued = 0;
  #numBodies = 0;
  #hasReturned = false;
  #hasMounted = false;
  #numRan = 0;
  #ranMs = 0;
  #stats: ComponentStats | undefined;
  #isDirty = false;

  constructor(component: string, localAttributes: Attributes, exported: CellExport, touch: (cell: Cell) => void) {
    this.component = component;
    this.#localAttributes = localAttributes;
    this.#export = exported;
    this.#touch = touch;
    for (const { components } of exported.exports) components.attach(exported.series, this);
  }

  /** Counts a start. */
  start(): void {
    this.#pending[COUNTER.starts]!++;
    this.#markDirty();
  }

  /** Counts the end of a started execution; `ranMs` is the time it took, if it ran. */
  finish(outcome: Outcome, ranMs?: number): void {
    this.#pending[COUNTER[outcome]]!++;
    if (ranMs !== undefined) {
      this.#recordDuration(outcome, ranMs);
      if (outcome !== "deletes") {
        this.#numRan++;
        this.#ranMs += ranMs;
      }
    }
    this.#markDirty();
  }

  /** Counts a memo hit: a start and its end in one step. */
  hit(): void {
    this.#pending[COUNTER.starts]!++;
    this.#pending[COUNTER.unchanged]!++;
    this.#markDirty();
  }

  /** Takes a start back. The exported counter cannot go down: there it becomes a cancellation. */
  cancel(): void {
    this.#numCancelled++;
    this.#markDirty();
  }

  /** One more execution waits for a slot. */
  enqueue(): void {
    this.#numQueued++;
    this.#markDirty();
  }

  /** One execution fewer waits for a slot. */
  dequeue(): void {
    this.#numQueued--;
    this.#markDirty();
  }

  /** A function body has begun. */
  enterBody(): void {
    this.#numBodies++;
  }

  /** A function body has ended; `hasMounted` tells whether it has mounted anything. */
  leaveBody(hasMounted: boolean): void {
    const couldMount = this.mayMount;
    this.#numBodies--;
    this.#hasReturned = true;
    this.#hasMounted ||= hasMounted;
    if (couldMount !== this.mayMount) this.#markDirty();
  }

  /**
   * Whether executions that run or wait for a slot may mount others. One body that returned without having mounted any speaks
   * for all of its function, until another one does.
   */
  get mayMount(): boolean {
    return (this.#hasMounted || !this.#hasReturned) && this.#numBodies + this.#numQueued > 0;
  }

  /** Mean time of an execution that ran, in milliseconds; `null` before the first has ended. */
  get meanMs(): number | null {
    return this.#numRan === 0 ? null : this.#ranMs / this.#numRan;
  }

  /** The counts of this moment. */
  stats(): ComponentStats {
    if (this.#stats === undefined) {
      const counts = this.#pending.map((pending, index) => pending + this.#reported[index]!);
      counts[COUNTER.starts]! -= this.#numCancelled;
      this.#stats = createComponentStats(counts, this.#numQueued);
    }
    return this.#stats;
  }

  /** Hands what was counted since the last call to the OpenTelemetry counters; tells what there was. */
  handOver(local: ComponentInstruments): HandedOver {
    this.#isDirty = false;
    let hasCounts = false;
    let hasFinished = false;
    for (let index = 0; index < COUNTER_COUNT; index++) {
      const count = this.#pending[index]! - this.#handedOver[index]!;
      if (count === 0) continue;
      hasCounts = true;
      hasFinished ||= index !== COUNTER.starts;
      this.#handedOver[index]! += count;
      local.add(index, count, this.#localAttributes);
      this.#addExported(index, count);
    }
    const numCancelled = this.#numCancelled - this.#numCancelledExported;
    if (numCancelled > 0) this.#addExported(CANCELLATIONS_INDEX, numCancelled);
    this.#numCancelledExported = this.#numCancelled;
    if (hasFinished) return "finishes";
    return hasCounts ? "starts" : "nothing";
  }

  /** Moves a count that the local reader collected from pending to reported. */
  markReported(index: number, value: number): void {
    this.#pending[index]! -= value;
    this.#handedOver[index]! -= value;
    this.#reported[index]! += value;
  }

  /** What has been handed over so far, under its series: the counters, then the cancellations. */
  get exported(): ExportedCounts {
    const counts = this.#handedOver.map((count, index) => count + this.#reported[index]!);
    return { series: this.#export.series, counts: [...counts, this.#numCancelledExported] };
  }

  /** Goes on exporting where nothing was exported before: what has been handed over so far is counted there at once. */
  attachTo({ components }: MetricExport): void {
    components.attach(this.#export.series, this);
    components.addAll(this.exported);
  }

  /** Is not looked at any more. What it has counted stays counted. */
  detachFrom({ components }: MetricExport): void {
    components.detach(this.#export.series, this);
  }

  #addExported(index: number, count: number): void {
    const { exports, series } = this.#export;
    for (const { components } of exports) components.add(index, count, series.attributes);
  }

  #recordDuration(outcome: Outcome, ranMs: number): void {
    const { exports, series } = this.#export;
    for (const { components } of exports) components.recordDuration(ranMs, series, outcome);
  }

  #markDirty(): void {
    this.#stats = undefined;
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#touch(this);
  }
}
