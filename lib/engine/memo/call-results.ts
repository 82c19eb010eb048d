import type { StateChange } from "../../state/store.ts";
import type { CallRow } from "../records/row.ts";

/** The result of one memoized call. */
export interface CallResult {
  readonly value: unknown;
  /** The stored row, once there is one. */
  row: CallRow | undefined;
}

/** The memoized calls of one component in one run, by {@link callKey}. */
export class CallResults {
  #results: Map<string, CallResult> | undefined;
  #changes: Map<string, StateChange> | undefined;

  /** Finds the result of a call that was made before in this run. */
  find(key: string): CallResult | undefined {
    return this.#results?.get(key);
  }

  /** Keeps a result for the rest of the run; a rejected promise is forgotten. */
  keep(key: string, result: CallResult): void {
    this.#results ??= new Map();
    this.#results.set(key, result);
    if (result.value instanceof Promise) result.value.catch(() => this.#results?.delete(key));
  }

  /** Adds a change that is written when the component commits. */
  write(key: string, change: StateChange): void {
    this.#changes ??= new Map();
    this.#changes.set(key, change);
  }

  /** The changes to write when the component commits. */
  get changes(): Iterable<StateChange> {
    return this.#changes?.values() ?? [];
  }

  /** The number of results. */
  get size(): number {
    return this.#results?.size ?? 0;
  }

  /** Whether the stored row of a call was used in this run and is still valid. */
  isCurrent(fingerprint: Uint8Array): boolean {
    const key = callKey(fingerprint);
    return this.#results?.has(key) === true && this.#changes?.has(key) !== true;
  }
}

/** Returns the fingerprint of a call as the key of a map. */
export function callKey(fingerprint: Uint8Array): string {
  return Buffer.from(fingerprint.buffer, fingerprint.byteOffset, fingerprint.length).toString("latin1");
}
