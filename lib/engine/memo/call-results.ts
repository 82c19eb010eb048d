import type { StateChange } from "../../state/store.ts";
import type { CallRow } from "../records/row.ts";

/** The answer of one memoized call. */
export interface CallAnswer {
  /** Its dependencies and declared target states, which count for each caller. */
  readonly row: CallRow;
  /** Creates a copy of the value, so that no two callers have the same object. */
  readonly copy: () => unknown;
}

/** The memoized calls of one component in one run, by {@link callKey}. */
export class CallResults {
  #results: Map<string, CallAnswer | Promise<CallAnswer>> | undefined;
  #changes: Map<string, StateChange> | undefined;

  /** Finds the answer of a call that was made before in this run; a promise for an asynchronous call. */
  find(key: string): CallAnswer | Promise<CallAnswer> | undefined {
    return this.#results?.get(key);
  }

  /** Keeps an answer for the rest of the run; a rejected promise is forgotten. */
  keep(key: string, answer: CallAnswer | Promise<CallAnswer>): void {
    const results = (this.#results ??= new Map());
    results.set(key, answer);
    if (!(answer instanceof Promise)) return;
    answer.catch(() => {
      if (results.get(key) === answer) results.delete(key);
    });
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

  /** The number of answers. */
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
