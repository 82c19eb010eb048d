import { CanonicalWriter } from "./canonical-writer.ts";
import { writeCall, type ArgumentsFingerprint } from "./fingerprint.ts";
import type { Memoizable } from "./memoizable.ts";

/** An item whose canonical form is no longer than this is compared by it: hashing takes several times as long as writing. */
const MAX_PLAIN_BYTES = 128;

/** Fingerprints calls that differ in their first argument only: what they have in common is written once. */
export class ItemFingerprints {
  readonly #identity: string;
  readonly #logicId: string | undefined;
  readonly #others: readonly unknown[];
  #common: { readonly digest: Uint8Array; readonly stateful: readonly Memoizable[] } | undefined;

  /** `others` are the arguments after the first. */
  constructor(identity: string, others: readonly unknown[], logicId?: string) {
    this.#identity = identity;
    this.#others = others;
    this.#logicId = logicId;
  }

  /**
   * Fingerprints the call with `item` as its first argument.
   *
   * @throws TypeError for an argument that has no value to compare, naming it and the remedy
   */
  of(item: unknown): ArgumentsFingerprint {
    const { digest, stateful } = (this.#common ??= this.#writeCommon());
    const writer = new CanonicalWriter(this.#identity);
    writer.write(item);
    const fingerprint = writer.take(digest, MAX_PLAIN_BYTES);
    return { fingerprint, stateful: stateful.length === 0 ? writer.stateful : [...writer.stateful, ...stateful] };
  }

  #writeCommon(): { readonly digest: Uint8Array; readonly stateful: readonly Memoizable[] } {
    const writer = writeCall(this.#identity, this.#others, this.#logicId, 1);
    return { digest: writer.digest(), stateful: writer.stateful };
  }
}
