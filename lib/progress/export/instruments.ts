import type { Attributes, Counter } from "@opentelemetry/api";
import { instrumentOptions, type GuardedMeter } from "./guarded-meter.ts";
import { CANCELLATIONS, COMPONENT_COUNTERS } from "../schema/names.ts";

/** The place of the cancellations counter among the instruments, after the six of a component. */
export const CANCELLATIONS_INDEX: number = COMPONENT_COUNTERS.length;

/** The OpenTelemetry counters of components at one meter provider. Adding never throws. */
export class ComponentInstruments {
  readonly #meter: GuardedMeter;
  readonly #counters: Counter[] = [];

  constructor(meter: GuardedMeter) {
    this.#meter = meter;
    for (const name of [...COMPONENT_COUNTERS, CANCELLATIONS]) {
      const counter = meter.create((made) => made.createCounter(name.name, instrumentOptions(name)));
      if (counter !== undefined) this.#counters.push(counter);
    }
  }

  /** Adds `count` to the counter at `index` of {@link COMPONENT_COUNTERS} or {@link CANCELLATIONS_INDEX}. */
  add(index: number, count: number, attributes: Attributes): void {
    this.#meter.guard(() => this.#counters[index]?.add(count, attributes));
  }

  /** Creates all series of `attributes` at 0, because Prometheus cannot see the first increment of a series born higher. */
  create(attributes: Attributes): void {
    for (let index = 0; index <= CANCELLATIONS_INDEX; index++) this.add(index, 0, attributes);
  }
}
