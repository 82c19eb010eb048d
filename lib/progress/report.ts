import type { Clock } from "../time/clock.ts";
import { frozenDate } from "../time/frozen-date.ts";
import { Activity } from "./activity.ts";
import type { AttributeBounds } from "./export/attribute-bounds.ts";
import { Cell } from "./cell.ts";
import type { ExportedCounts } from "./export/component-export.ts";
import { Freshness } from "./freshness.ts";
import type { MetricExport } from "./export/metric-export.ts";
import { COMPONENT_KEY, REPORT_KEY } from "./schema/names.ts";
import { Newest } from "./newest.ts";
import { Notices } from "./notices.ts";
import { noteOccurrence } from "./occurrence.ts";
import {
  sumComponentStats,
  UpdateStatus,
  type ComponentStats,
  type UpdateSnapshot,
  type UpdateStats,
} from "./schema/stats.ts";

/** The number of failures that a report keeps: the newest. */
export const MAX_FAILURES = 100;

/** So many watchers look at every change; the more there are above, the less often all of them look. */
const CROWD = 400;

/** For each watcher of a crowd; to look once takes it about a twentieth of this. */
const MS_BETWEEN_NOTICES = 0.05;

/** One execution that failed. */
export interface ComponentFailure {
  /** The name of the component function. */
  readonly component: string;
  /** The component's path, as text. */
  readonly path: string;
  /** The title of the stats group it was counted in; `null` outside any. */
  readonly group: string | null;
  /** What was thrown: the original value. */
  readonly error: unknown;
  readonly at: Date;
}

/** What a {@link Report} is made of. */
export interface ReportOptions {
  readonly id: string;
  readonly app: string;
  /** The title of a stats group; `null` for the report of a whole run. */
  readonly title: string | null;
  readonly clock: Clock;
  /** Called once for each cell that changed since it was last handed over; without one, when the report itself did. */
  readonly touch: (cell?: Cell) => void;
  /** Makes the exported series. */
  readonly bounds: AttributeBounds;
  /** Where its counts are exported to at the moment. @default nowhere */
  readonly exports?: readonly MetricExport[];
  /** The failures of the whole run, its stats groups included. @default the report's own */
  readonly runFailures?: Newest<ComponentFailure> | undefined;
}

type Row = readonly [component: string, stats: ComponentStats];

type End =
  { readonly kind: "done"; readonly snapshot: UpdateSnapshot } | { readonly kind: "failed"; readonly error: unknown };

/** The counts, the status and the failures of one run or one stats group. */
export class Report {
  readonly id: string;
  readonly app: string;
  readonly title: string | null;
  /** The executions that are counted here. */
  readonly activity: Activity;
  /** How current it is. */
  readonly freshness: Freshness;
  readonly notices: Notices;
  readonly #clock: Clock;
  readonly #touch: (cell?: Cell) => void;
  readonly #bounds: AttributeBounds;
  readonly #exports: readonly MetricExport[];
  readonly #cells = new Map<string, Cell>();
  /** Those that have counted anything, in the order of the first time. */
  readonly #counting = new Set<Cell>();
  readonly #failures = new Newest<ComponentFailure>(MAX_FAILURES);
  readonly #runFailures: Newest<ComponentFailure>;
  readonly #startedAt: number;
  #end: End | undefined;
  #version = 0;
  #notifiedAt = -Infinity;
  /** The state at the moment of the catch-up, which is ready though changes may be pending. */
  #caughtUp: UpdateSnapshot | undefined;
  #snapshot: { readonly version: number; readonly value: UpdateSnapshot } | undefined;
  #stats: { readonly rows: readonly Row[]; readonly value: UpdateStats } | undefined;
  #waiting = new Set<() => void>();
  #numListings = 0;
  #lastFinishedMs: number | null = null;

  constructor(options: ReportOptions) {
    this.id = options.id;
    this.app = options.app;
    this.title = options.title;
    this.notices = new Notices(options.title);
    this.activity = new Activity(options.clock);
    this.#clock = options.clock;
    this.#touch = options.touch;
    this.#bounds = options.bounds;
    this.#exports = options.exports ?? [];
    this.#runFailures = options.runFailures ?? this.#failures;
    this.#startedAt = options.clock.now();
    this.freshness = new Freshness(options.clock, () => this.notify());
  }

  /** The cell that counts executions of `component`; made when first asked for. */
  cell(component: string): Cell {
    let cell = this.#cells.get(component);
    if (cell === undefined) {
      cell = this.#createCell(component);
      this.#cells.set(component, cell);
    }
    return cell;
  }

  /** Marks a delta that the local reader collected as reported. */
  markReported(component: string, index: number, value: number): void {
    this.#cells.get(component)?.markReported(index, value);
  }

  /** Goes on exporting where nothing was exported before. */
  attachTo(metricExport: MetricExport): void {
    for (const cell of this.#cells.values()) cell.attachTo(metricExport);
  }

  /** What its cells have handed over so far. */
  exported(): ExportedCounts[] {
    return [...this.#cells.values()].map((cell) => cell.exported);
  }

  /** Is not looked at any more: it has ended, or its export has. */
  detachFrom(metricExport: MetricExport): void {
    for (const cell of this.#cells.values()) cell.detachFrom(metricExport);
  }

  /** Something else than a running component may mount more here: the body of a group, a loop over items. */
  openListing(): void {
    this.#numListings++;
  }

  /** That has come to its end. */
  closeListing(): void {
    this.#numListings--;
    if (this.#numListings === 0 && this.#version > 0) this.#touch();
  }

  /** Executions have ended; `at` is a time of the report's clock. */
  noteFinish(at: number): void {
    this.#lastFinishedMs = Math.max(0, at - this.#startedAt);
  }

  /** The counts of this moment. */
  stats(): UpdateStats {
    const previous = this.#stats;
    const rows = this.#rows();
    const isSame =
      rows.length === previous?.rows.length && rows.every(([, stats], index) => stats === previous.rows[index]?.[1]);
    if (isSame) return previous.value;
    const byComponent = Object.create(null) as Record<string, ComponentStats>;
    for (const [component, stats] of rows) byComponent[component] = stats;
    const total = sumComponentStats(rows.map(([, stats]) => stats));
    const value: UpdateStats = Object.freeze({ byComponent: Object.freeze(byComponent), total });
    this.#stats = { rows, value };
    return value;
  }

  /** The newest state; the same value until something changes. */
  snapshot(): UpdateSnapshot {
    if (this.#end?.kind === "done") return this.#end.snapshot;
    if (this.#snapshot?.version !== this.#version) {
      this.#snapshot = { version: this.#version, value: this.#createSnapshot(null, false) };
    }
    return this.#snapshot.value;
  }

  /** Grows whenever watchers should look again; 0 until anything has been counted. */
  get version(): number {
    return this.#version;
  }

  /** How the report ended, or `undefined`. */
  get end(): { readonly error: unknown } | "done" | undefined {
    return this.#end?.kind === "failed" ? { error: this.#end.error } : this.#end?.kind;
  }

  /**
   * Has `action` called at the next change; the function given back takes that back. Not a promise for all: it would keep
   * everybody who has given up waiting until something changes.
   */
  onNextChange(action: () => void): () => void {
    this.#waiting.add(action);
    return () => this.#waiting.delete(action);
  }

  /** The newest {@link MAX_FAILURES} failures that are counted here, oldest first; a copy. */
  failures(): readonly ComponentFailure[] {
    return this.#failures.values();
  }

  /** The newest {@link MAX_FAILURES} failures of the whole run, its stats groups included, oldest first; a copy. */
  runFailures(): readonly ComponentFailure[] {
    return this.#runFailures.values();
  }

  /** Keeps a failure. */
  recordFailure(failure: Omit<ComponentFailure, "at" | "group">): void {
    const kept = Object.freeze({ ...failure, group: this.title, at: frozenDate(this.#clock.date()) });
    noteOccurrence(kept);
    this.#failures.add(kept);
    if (this.#runFailures !== this.#failures) this.#runFailures.add(kept);
  }

  /** Whether it is time to let watchers see what has changed: what a crowd of them costs stays a small share of the time. */
  get isNoticeDue(): boolean {
    const { size } = this.#waiting;
    return size <= CROWD || this.#clock.now() - this.#notifiedAt >= size * MS_BETWEEN_NOTICES;
  }

  /** Lets watchers see what has changed. */
  notify(): void {
    this.#version++;
    this.#notifiedAt = this.#clock.now();
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /**
   * A state that is ready, for a watch that ends when the report has caught up: the newest state or, while changes are pending, the
   * state at the catch-up. `undefined` before the report has caught up.
   */
  get caughtUp(): UpdateSnapshot | undefined {
    return this.freshness.isCurrent ? this.snapshot() : this.#caughtUp;
  }

  /** The report has caught up; it goes on. */
  markReady(): void {
    this.freshness.catchUp();
    this.notify();
    this.#caughtUp = Object.freeze({ ...this.snapshot(), status: UpdateStatus.READY });
  }

  /** Ends the report: watchers get one last snapshot, ready and with the result. */
  complete(result: unknown): void {
    if (this.#end !== undefined) return;
    if (!this.freshness.isCurrent) this.freshness.catchUp();
    this.#end = { kind: "done", snapshot: this.#createSnapshot(result, true) };
    this.notify();
  }

  /** Ends the report: watchers throw `error`. */
  fail(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { kind: "failed", error };
    this.notify();
  }

  /** What has counted anything. An execution that was cancelled, or has given up waiting, has not. */
  #rows(): readonly Row[] {
    return [...this.#counting]
      .map((cell): Row => [cell.component, cell.stats()])
      .filter(([, stats]) => stats.numExecutionStarts !== 0 || stats.numFinished !== 0 || stats.numQueued !== 0);
  }

  #createSnapshot(result: unknown, final: boolean): UpdateSnapshot {
    return Object.freeze({
      stats: this.stats(),
      status: final || this.freshness.isCurrent ? UpdateStatus.READY : UpdateStatus.RUNNING,
      result: result ?? null,
      final,
      elapsedMs: this.#clock.now() - this.#startedAt,
      isListing: !final && this.#isListing(),
      lastFinishedMs: this.#lastFinishedMs,
      oldest: final ? null : this.activity.oldest(this.#startedAt),
      ...this.freshness.fields(),
    });
  }

  #isListing(): boolean {
    if (this.#numListings > 0) return true;
    for (const cell of this.#cells.values()) if (cell.mayMount) return true;
    return false;
  }

  #createCell(component: string): Cell {
    const localAttributes = Object.freeze({ [REPORT_KEY]: this.id, [COMPONENT_KEY]: component });
    const series = this.#bounds.seriesOf(this.title, component);
    return new Cell(component, localAttributes, { exports: this.#exports, series }, (cell) => {
      this.#counting.add(cell);
      this.#touch(cell);
    });
  }
}
