import type { MeterProvider } from "@opentelemetry/api";
import { ComponentExport } from "./component-export.ts";
import { GuardedMeter } from "./guarded-meter.ts";
import { RunExport } from "./run-export.ts";

/** Everything that is exported through one meter provider of a host. Nothing that the provider does reaches a run. */
export class MetricExport {
  readonly components: ComponentExport;
  readonly runs: RunExport;
  readonly #meter: GuardedMeter;

  constructor(provider: MeterProvider, flush: () => Promise<void>) {
    this.#meter = new GuardedMeter(provider);
    this.components = new ComponentExport(this.#meter, flush);
    this.runs = new RunExport(this.#meter);
  }

  /** Whether the provider has failed. */
  get isBroken(): boolean {
    return this.#meter.isBroken;
  }
}
