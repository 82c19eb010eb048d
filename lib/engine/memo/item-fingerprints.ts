import { CanonicalWriter } from "./canonical-writer.ts";
import { writeCall, type ArgumentsFingerprint } from "./fingerprint.ts";
import type { InternalMemoizable } from "./memoizable.ts";
import type { WriterClass } from "./value-writer.ts";

/** An item whose canonical form is no longer than this is compared by it: hashing takes several times as long as writing. */
const MAX_PLAIN_BYTES = 128;

interface Common {
  readonly digest: Uint8Array;
  readonly stateful: readonly InternalMemoizable[];
}

/** Fingerprints calls that differ in their first argument only. Their common part is written once, when this is created. */
export class ItemFingerprints {
  readonly #identity: string;
  readonly #common: Common | { readonly error: unknown };
  readonly #Writer: WriterClass;

  /** `others` are the arguments after the first. */
  constructor(identity: string, others: readonly unknown[], logicId?: string, Writer: WriterClass = CanonicalWriter) {
    this.#identity = identity;
    this.#Writer = Writer;
    this.#common = attempt(() => {
      const writer = writeCall(identity, others, { logicId, firstArgument: 1, Writer });
      return { digest: writer.digest(), stateful: writer.stateful };
    });
  }

  /** Whether the common part is equal, so that the other arguments are as they were. */
  hasSameCommon(other: ItemFingerprints): boolean {
    const [own, others] = [this.#common, other.#common];
    return "digest" in own && "digest" in others && Buffer.compare(own.digest, others.digest) === 0;
  }

  /**
   * Fingerprints the call with `item` as its first argument.
   *
   * @throws TypeError for an argument that cannot be compared, naming it and the remedy
   */
  of(item: unknown): ArgumentsFingerprint {
    const common = this.#common;
    if ("error" in common) throw common.error;
    const { digest, stateful } = common;
    const writer = new this.#Writer(this.#identity);
    writer.write(item);
    const fingerprint = writer.take(digest, MAX_PLAIN_BYTES);
    return { fingerprint, stateful: stateful.length === 0 ? writer.stateful : [...writer.stateful, ...stateful] };
  }
}

/** An argument that cannot be compared fails each of the calls. */
function attempt<T>(body: () => T): T | { readonly error: unknown } {
  try {
    return body();
  } catch (error) {
    return { error };
  }
}
