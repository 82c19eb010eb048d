import { byteString } from "../../state/byte-string.ts";
import { appendKey, decodeKey, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { Aliases } from "./container-aliases.ts";

/** A target state as its provider names it. */
export interface ProvidedState {
  /** The provider with the state. */
  readonly provider: { readonly path: readonly StableKey[]; readonly aliases: Aliases | undefined };
  /** The encoded key of the state. */
  readonly key: Uint8Array;
}

/**
 * The target states on which a call of `apply` is still at work that was abandoned after an abort. The call may yet write an old value
 * over a newer one, so a record of such a state stays uncertain, and a later run writes the state again.
 */
export class AbandonedApplies {
  /** The number of calls at work on each state. */
  readonly #counts = new Map<string, number>();

  /** Adds the states of a call until it has ended. */
  add(path: readonly StableKey[], keys: Iterable<Uint8Array>, ended: Promise<void>): void {
    const names = new Set(Array.from(keys, (key) => nameOf(path, decodeKey(key))));
    for (const name of names) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    void this.#removeAfter(ended, names);
  }

  /** Whether a call is still at work on a state, under any of its names. */
  has({ key, provider }: ProvidedState): boolean {
    if (this.#counts.size === 0) return false;
    const { aliases, path } = provider;
    const own = decodeKey(key);
    if (this.#counts.has(nameOf(path, own))) return true;
    for (const alias of aliases?.of(own) ?? []) {
      if (this.#counts.has(nameOf([...path.slice(0, -1), alias.container], alias.key))) return true;
    }
    return false;
  }

  async #removeAfter(ended: Promise<void>, names: Iterable<string>): Promise<void> {
    await ended;
    for (const name of names) {
      const count = this.#counts.get(name)! - 1;
      if (count === 0) this.#counts.delete(name);
      else this.#counts.set(name, count);
    }
  }
}

/**
 * The abandoned calls of this process. They outlive their runs and environments, and stores may share a target; so states are compared by
 * name alone.
 */
export const abandonedApplies: AbandonedApplies = new AbandonedApplies();

function nameOf(path: readonly StableKey[], key: StableKey): string {
  return byteString(appendKey(encodePath(path), key));
}
