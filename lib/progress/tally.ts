import type { MeterProvider as MeterProviderApi } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/clock.ts";
import { AttributeBounds } from "./attribute-bounds.ts";
import type { Cell } from "./cell.ts";
import { ComponentInstruments } from "./instruments.ts";
import { LocalReader } from "./local-reader.ts";
import { Report, type ReportOptions } from "./report.ts";

/** The shortest time between two beats, in milliseconds. */
export const BEAT_MS = 20;

/** What a {@link Tally} is made of. */
export interface TallyOptions {
  readonly clock?: Clock;
}

/** What a report is opened with. */
export type OpenReportOptions = Omit<ReportOptions, "id" | "touch" | "clock" | "bounds">;

/**
 * The write side of all counting in a process: it keeps the list of cells that changed, and at every beat hands their counts
 * to the OpenTelemetry counters, lets the local reader collect, and wakes the watchers.
 */
export class Tally {
  readonly #clock: Clock;
  readonly #reader = new LocalReader();
  readonly #local = new ComponentInstruments(new MeterProvider({ readers: [this.#reader] }));
  readonly #reports = new Map<string, Report>();
  readonly #bounds = new Map<string, AttributeBounds>();
  readonly #exported = new WeakMap<MeterProviderApi, ComponentInstruments>();
  #dirty: { readonly report: Report; readonly cell: Cell | undefined }[] = [];
  #nextReportId = 1;
  #lastBeatAt = Number.NEGATIVE_INFINITY;
  #cancelBeat: (() => void) | undefined;
  #beating: Promise<void> | undefined;

  constructor(options: TallyOptions = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  /** Opens a report whose cells count from zero. */
  open(options: OpenReportOptions): Report {
    const report: Report = new Report({
      ...options,
      id: String(this.#nextReportId++),
      clock: this.#clock,
      bounds: this.#boundsOf(options.app),
      touch: (cell) => this.#touch(report, cell),
    });
    this.#reports.set(report.id, report);
    return report;
  }

  /** Hands everything over that has been counted before the call, and lets watchers see it. */
  async flush(): Promise<void> {
    await this.#beating;
    // Not until nothing is left: others may go on counting for ever.
    await (this.#beating ?? (this.#dirty.length > 0 ? this.#startBeat() : undefined));
  }

  /** Forgets a report that will not count any more; its own numbers stay readable. */
  async close(report: Report): Promise<void> {
    await this.flush();
    this.#reports.delete(report.id);
  }

  /**
   * The instruments of a host's meter provider, for the reports of one update. They are looked up when an update starts,
   * because instruments of the global API made before its provider was set stay without effect for ever.
   */
  instrumentsOf(provider: MeterProviderApi): ComponentInstruments {
    let instruments = this.#exported.get(provider);
    if (instruments === undefined || instruments.isBroken) {
      instruments = new ComponentInstruments(provider);
      this.#exported.set(provider, instruments);
    }
    return instruments;
  }

  /** What an app exports is bounded over all of its runs, because a series stays for as long as the process lives. */
  #boundsOf(app: string): AttributeBounds {
    let bounds = this.#bounds.get(app);
    if (bounds === undefined) {
      bounds = new AttributeBounds(app);
      this.#bounds.set(app, bounds);
    }
    return bounds;
  }

  #touch(report: Report, cell: Cell | undefined): void {
    this.#dirty.push({ report, cell });
    if (this.#dirty.length === 1 && this.#beating === undefined) this.#schedule();
  }

  #schedule(): void {
    const delayMs = Math.max(0, this.#lastBeatAt + BEAT_MS - this.#clock.now());
    this.#cancelBeat?.();
    this.#cancelBeat = this.#clock.schedule(delayMs, () => void this.#startBeat());
  }

  #startBeat(): Promise<void> {
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    this.#beating = this.#beat().finally(() => {
      this.#beating = undefined;
      if (this.#dirty.length > 0) this.#schedule();
    });
    return this.#beating;
  }

  async #beat(): Promise<void> {
    this.#lastBeatAt = this.#clock.now();
    const dirty = this.#dirty;
    this.#dirty = [];
    let hasCounts = false;
    for (const { cell, report } of dirty) {
      const handedOver = cell?.handOver(this.#local) ?? "nothing";
      if (handedOver !== "nothing") hasCounts = true;
      if (handedOver === "finishes") report.noteFinish(this.#lastBeatAt);
    }
    if (hasCounts) {
      for (const delta of await this.#reader.read()) {
        this.#reports.get(delta.report)?.settle(delta.component, delta.index, delta.value);
      }
    }
    for (const report of new Set(dirty.map((entry) => entry.report))) report.notify();
  }
}
