import type { StableKey } from "../../state/stable-key.ts";

/**
 * Items that `mountEach` can list without a promise for each, which would take about as long as looking at an unchanged one.
 */
export abstract class SteppedItems<K extends StableKey = StableKey, V = unknown> {
  /** The reason why there are no items, in words, if users are to know it even where there were none before. */
  get emptyReason(): string | undefined {
    return undefined;
  }

  /**
   * The items, with `undefined` after a long step, so that the caller can give the event loop a turn, and a promise where the caller has
   * to wait before the next step.
   */
  abstract steps(): Iterable<readonly [K, V] | Promise<void> | undefined>;
}
