import type { StableKey } from "../../state/stable-key.ts";

/**
 * Items that `mountEach` can list without a promise for each, which would take about as long as looking at an unchanged one.
 */
export abstract class SteppedItems<K extends StableKey = StableKey, V = unknown> {
  /** The items, with `undefined` after a long step, so that the caller can give the event loop a turn. */
  abstract steps(): Iterable<readonly [K, V] | undefined>;
}
