import type { StableKey } from "../../state/stable-key.ts";
import type { Provider } from "./providers.ts";
import { stateKey } from "./state-key.ts";

/** A target state that a component declares in this run. */
export interface DeclaredState {
  readonly provider: Provider;
  readonly key: StableKey;
  /** The encoded key. */
  readonly keyBytes: Uint8Array;
  readonly value: unknown;
}

/** The target states that one component declares in one run, by {@link stateKey}. */
export class DeclaredStates {
  readonly #declared = new Map<string, DeclaredState>();
  #contained: Set<string> | undefined;

  /** Adds a declaration; returns `false` when the component has declared the same state before. */
  add(state: DeclaredState): boolean {
    const id = stateKey(state.provider.id, state.keyBytes);
    if (this.#declared.has(id)) return false;
    this.#declared.set(id, state);
    return true;
  }

  /** Whether a state was declared in this run. */
  has(id: string): boolean {
    return this.#declared.has(id);
  }

  /** Iterates over the declared states, each with its {@link stateKey}, in the order of declaration. */
  [Symbol.iterator](): Iterator<readonly [id: string, state: DeclaredState]> {
    return this.#declared[Symbol.iterator]();
  }

  /** Keeps states of an earlier run as they are: the memoized call that declared them was a memo hit. */
  contain(states: Iterable<readonly [providerId: number, key: Uint8Array]>): void {
    this.#contained ??= new Set();
    for (const [providerId, key] of states) this.#contained.add(stateKey(providerId, key));
  }

  /** Whether a state of an earlier run is to be kept as it is. */
  isContained(id: string): boolean {
    return this.#contained?.has(id) === true;
  }
}
