import type { StateChange } from "../../state/store.ts";
import type { CallRow } from "../records/row.ts";

/** One call with its answer, as long as its component is being built. */
export interface CallAnswer {
  readonly value: unknown;
  row: CallRow | undefined;
}

/** The memoized calls of one component in one run. */
export class CallMemos {
  readonly #answers = new Map<string, CallAnswer>();
  readonly #changed = new Map<string, StateChange>();

  find(key: string): CallAnswer | undefined {
    return this.#answers.get(key);
  }

  /** Keeps an answer for the rest of the run; a rejected promise is forgotten. */
  keep(key: string, answer: CallAnswer): void {
    this.#answers.set(key, answer);
    if (answer.value instanceof Promise) answer.value.catch(() => this.#answers.delete(key));
  }

  /** Has an answer written when the component commits. */
  write(key: string, change: StateChange): void {
    this.#changed.set(key, change);
  }

  /** What is to be written at commit. */
  get changed(): Iterable<StateChange> {
    return this.#changed.values();
  }

  get size(): number {
    return this.#answers.size;
  }

  /** Whether the stored answer of a call was asked for and still is the answer. */
  isCurrent(fingerprint: Uint8Array): boolean {
    const key = callKey(fingerprint);
    return this.#answers.has(key) && !this.#changed.has(key);
  }
}

/** A text that is the same for the same call. */
export function callKey(fingerprint: Uint8Array): string {
  return Buffer.from(fingerprint.buffer, fingerprint.byteOffset, fingerprint.length).toString("latin1");
}
