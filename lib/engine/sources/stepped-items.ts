import type { StableKey } from "../../state/stable-key.ts";

/**
 * Items that `mountEach` can list without a promise for each, which would take about as long as looking at an unchanged one.
 */
export abstract class SteppedItems<K extends StableKey = StableKey, V = unknown> {
  /** The items; `undefined` after what has taken long by itself, so that whoever takes the steps can let others have a turn. */
  abstract steps(): Iterable<readonly [K, V] | undefined>;
}
