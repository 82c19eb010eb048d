import { diag, type Attributes, type Counter, type MeterProvider } from "@opentelemetry/api";
import { VERSION } from "../version.ts";
import { CANCELLATIONS, COMPONENT_COUNTERS, SCOPE_NAME, type CounterName } from "./names.ts";

/** The place of the cancellations counter among the instruments, after the six of a component. */
export const CANCELLATIONS_INDEX: number = COMPONENT_COUNTERS.length;

/**
 * The OpenTelemetry counters of one meter provider. Adding never throws: a provider that fails is reported once to the
 * OpenTelemetry diagnostics logger and left alone from then on.
 */
export class ComponentInstruments {
  readonly #counters: Counter[] = [];
  #isBroken = false;

  constructor(meterProvider: MeterProvider) {
    this.#guard(() => {
      const meter = meterProvider.getMeter(SCOPE_NAME, VERSION);
      for (const counter of [...COMPONENT_COUNTERS, CANCELLATIONS]) {
        this.#counters.push(meter.createCounter(counter.name, describe(counter)));
      }
    });
  }

  /** Whether the provider has failed. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Adds `count` to the counter at `index` of {@link COMPONENT_COUNTERS} or {@link CANCELLATIONS_INDEX}. */
  add(index: number, count: number, attributes: Attributes): void {
    this.#guard(() => this.#counters[index]?.add(count, attributes));
  }

  /** Creates all series of `attributes` at 0, because Prometheus cannot see the first increment of a series born higher. */
  create(attributes: Attributes): void {
    for (let index = 0; index <= CANCELLATIONS_INDEX; index++) this.add(index, 0, attributes);
  }

  #guard(action: () => void): void {
    if (this.#isBroken) return;
    try {
      action();
    } catch (error) {
      this.#isBroken = true;
      diag.error("tidemark: a meter provider failed; its counters stay as they are until the next update", error);
    }
  }
}

function describe(counter: CounterName): { unit: string; description: string } {
  return { unit: counter.unit, description: counter.description };
}
