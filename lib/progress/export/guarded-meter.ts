import { diag, type Meter, type MeterProvider } from "@opentelemetry/api";
import { VERSION } from "../../version.ts";
import { SCOPE_NAME, type InstrumentName } from "../schema/names.ts";

/**
 * The meter of a provider that may fail. A failure is told once to the OpenTelemetry diagnostics logger, and the provider is
 * left alone from then on.
 */
export class GuardedMeter {
  #isBroken = false;
  #meter: Meter | undefined;

  constructor(provider: MeterProvider) {
    this.guard(() => {
      this.#meter = provider.getMeter(SCOPE_NAME, VERSION);
    });
  }

  /** Whether the provider has failed. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Makes instruments; `undefined` from a provider that fails. */
  create<T>(make: (meter: Meter) => T): T | undefined {
    let made: T | undefined;
    this.guard(() => {
      if (this.#meter !== undefined) made = make(this.#meter);
    });
    return made;
  }

  /** Does something with an instrument; never throws. */
  guard(action: () => void): void {
    if (this.#isBroken) return;
    try {
      action();
    } catch (error) {
      this.#isBroken = true;
      diag.error("tidemark: a meter provider failed; its metrics stay as they are until the next update", error);
    }
  }
}

/** The options that an instrument is made with. */
export function instrumentOptions({ description, unit }: InstrumentName): {
  readonly unit: string;
  readonly description: string;
} {
  return { unit, description };
}
