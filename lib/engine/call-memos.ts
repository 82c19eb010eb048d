import type { CallRow } from "./rows.ts";

/** One call with its answer, as long as its component is being built. */
export interface CallAnswer {
  readonly value: unknown;
  row: CallRow | undefined;
}

/** The memoized calls of one component in one run. */
export class CallMemos {
  readonly #answers = new Map<string, CallAnswer>();
  readonly #changed = new Map<string, CallRow>();

  find(key: string): CallAnswer | undefined {
    return this.#answers.get(key);
  }

  /** Keeps an answer for the rest of the run; a rejected promise is forgotten. */
  keep(key: string, answer: CallAnswer): void {
    this.#answers.set(key, answer);
    if (answer.value instanceof Promise) answer.value.catch(() => this.#answers.delete(key));
  }

  /** Has `row` written when the component commits. */
  write(key: string, row: CallRow): void {
    this.#changed.set(key, row);
  }

  /** Rows to write at commit. */
  get changed(): Iterable<CallRow> {
    return this.#changed.values();
  }

  get size(): number {
    return this.#answers.size;
  }

  has(fingerprint: Uint8Array): boolean {
    return this.#answers.has(callKey(fingerprint));
  }
}

/** A text that is the same for the same call. */
export function callKey(fingerprint: Uint8Array): string {
  return Buffer.from(fingerprint.buffer, fingerprint.byteOffset, fingerprint.length).toString("latin1");
}
