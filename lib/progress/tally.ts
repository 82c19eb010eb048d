import type { MeterProvider as HostMeterProvider } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system-clock.ts";
import { AttributeBounds } from "./export/attribute-bounds.ts";
import type { Cell } from "./cell.ts";
import { formatAttribute } from "./export/export-bounds.ts";
import { GuardedMeter } from "./export/guarded-meter.ts";
import { ComponentInstruments } from "./export/instruments.ts";
import { LocalReader } from "./local-reader.ts";
import { MetricExport } from "./export/metric-export.ts";
import { Report, type ReportOptions } from "./report.ts";
import type { RunResult } from "./export/run-export.ts";
import { RunTally, type RunTallyOptions } from "./run-tally.ts";

/** The shortest time between two beats, in milliseconds. */
export const BEAT_MS = 20;

/** What a {@link Tally} is made of. */
export interface TallyOptions {
  readonly clock?: Clock;
}

/** What a report is opened with. */
export interface OpenReportOptions extends Pick<ReportOptions, "app" | "title"> {
  /** The update it belongs to. @default none: it is exported nowhere */
  readonly run?: RunTally | undefined;
}

/** Options of {@link Tally.exportTo}. */
export interface ExportOptions {
  /** Stands for the one environment whose updates are exported. @default all of the process */
  readonly environment?: object;
}

interface AddedExport extends ExportOptions {
  readonly metricExport: MetricExport;
}

/**
 * The write side of all counting in a process: it keeps the list of cells that changed, and at every beat hands their counts
 * to the OpenTelemetry counters, lets the local reader collect, and wakes the watchers.
 */
export class Tally {
  readonly #clock: Clock;
  readonly #reader = new LocalReader();
  readonly #local = new ComponentInstruments(new GuardedMeter(new MeterProvider({ readers: [this.#reader] })));
  readonly #reports = new Map<string, { readonly report: Report; readonly run: RunTally | undefined }>();
  /** By the name that an app is exported under: apps that share it share their series. */
  readonly #bounds = new Map<string, AttributeBounds>();
  readonly #runs = new Set<RunTally>();
  readonly #hostExports = new WeakMap<HostMeterProvider, MetricExport>();
  readonly #addedExports = new Set<AddedExport>();
  #dirty: { readonly report: Report; readonly cell: Cell | undefined }[] = [];
  #nextReportId = 1;
  #lastBeatAt = Number.NEGATIVE_INFINITY;
  #cancelBeat: (() => void) | undefined;
  #beating: Promise<void> | undefined;

  constructor(options: TallyOptions = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  /** Opens the counting of an update or drop, which is exported to the host's provider. */
  begin(options: RunTallyOptions, provider: HostMeterProvider): RunTally {
    const run = new RunTally(options, this.#clock);
    run.attachTo(this.#exportOf(provider));
    for (const { environment, metricExport } of this.#addedExports) {
      if (environment === undefined || environment === run.environment) run.attachTo(metricExport);
    }
    this.#runs.add(run);
    return run;
  }

  /** Ends the counting of an update or drop, whose reports are closed. */
  end(run: RunTally, result: RunResult): void {
    this.#runs.delete(run);
    run.end(result);
  }

  /**
   * Has updates exported through one more provider: those to come, and those in progress with all that they have counted so
   * far; durations from now on. The function given back ends that.
   */
  exportTo(provider: HostMeterProvider, { environment }: ExportOptions = {}): () => void {
    const metricExport = new MetricExport(provider, () => this.flush());
    const added: AddedExport = environment === undefined ? { metricExport } : { metricExport, environment };
    this.#addedExports.add(added);
    for (const run of this.#runs) {
      if (environment === undefined || environment === run.environment) run.attachTo(metricExport);
    }
    return () => {
      this.#addedExports.delete(added);
      for (const run of this.#runs) run.detachFrom(metricExport);
    };
  }

  /** Opens a report whose cells count from zero. */
  open({ app, run, title }: OpenReportOptions): Report {
    const report: Report = new Report({
      app,
      title,
      id: String(this.#nextReportId++),
      clock: this.#clock,
      bounds: this.#boundsOf(app),
      exports: run?.exports ?? [],
      runFailures: run?.failures,
      touch: (cell) => this.#touch(report, cell),
    });
    this.#reports.set(report.id, { report, run });
    run?.enter(report);
    return report;
  }

  /** Hands everything over that has been counted before the call, and lets watchers see it, a crowd of them a little later. */
  async flush(): Promise<void> {
    await this.#beating;
    // Not until nothing is left: others may go on counting for ever.
    await (this.#beating ?? (this.#dirty.length > 0 ? this.#startBeat() : undefined));
  }

  /** Forgets a report that will not count any more; its own numbers stay readable. */
  async close(report: Report): Promise<void> {
    await this.flush();
    this.#reports.get(report.id)?.run?.leave(report);
    this.#reports.delete(report.id);
  }

  /**
   * The export through a host's meter provider. It is looked up when an update starts, because instruments of the global API
   * made before its provider was set stay without effect for ever.
   */
  #exportOf(provider: HostMeterProvider): MetricExport {
    let metricExport = this.#hostExports.get(provider);
    if (metricExport === undefined || metricExport.isBroken) {
      metricExport = new MetricExport(provider, () => this.flush());
      this.#hostExports.set(provider, metricExport);
    }
    return metricExport;
  }

  /** What an app exports is bounded over all of its runs, because a series stays for as long as the process lives. */
  #boundsOf(app: string): AttributeBounds {
    const name = formatAttribute(app);
    let bounds = this.#bounds.get(name);
    if (bounds === undefined) {
      bounds = new AttributeBounds(name);
      this.#bounds.set(name, bounds);
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
        this.#reports.get(delta.report)?.report.markReported(delta.component, delta.index, delta.value);
      }
    }
    for (const report of new Set(dirty.map((entry) => entry.report))) {
      if (report.isNoticeDue) report.notify();
      // The next beat looks again.
      else this.#dirty.push({ report, cell: undefined });
    }
  }
}
