import type { Attributes } from "@opentelemetry/api";
import { OUTCOME_KEY } from "../schema/names.ts";
import type { Outcome } from "../schema/stats.ts";

/**
 * What the exported numbers of one component function in one group have in common. There is one for all reports of an app that
 * share them, and its attributes are frozen: the SDK keeps them by reference.
 */
export class Series {
  readonly attributes: Attributes;
  readonly #byOutcome = new Map<Outcome, Attributes>();

  constructor(attributes: Attributes) {
    this.attributes = Object.freeze(attributes);
  }

  /** The attributes of executions that ended in `outcome`. */
  withOutcome(outcome: Outcome): Attributes {
    let attributes = this.#byOutcome.get(outcome);
    if (attributes === undefined) {
      attributes = Object.freeze({ ...this.attributes, [OUTCOME_KEY]: outcome });
      this.#byOutcome.set(outcome, attributes);
    }
    return attributes;
  }
}
