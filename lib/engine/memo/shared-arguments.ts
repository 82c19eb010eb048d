import { formatOneTrackedLogic, trackedLogic } from "./call-fingerprint.ts";
import type { ArgumentsFingerprint } from "./fingerprint.ts";
import { FormatOneWriter } from "./format-one-writer.ts";
import type { FunctionInfo } from "./function-info.ts";
import { inFormatOne } from "./in-format-one.ts";
import { ItemFingerprints } from "./item-fingerprints.ts";
import { withMemoRoot } from "./memo-root.ts";

/** The arguments after the first that all components of one `mountEach` have. They are fingerprinted as given, before any of these runs. */
export class SharedArguments {
  readonly #info: FunctionInfo;
  readonly #others: readonly unknown[];
  readonly #memoRoot: string;
  readonly #fingerprints: ItemFingerprints;
  #inFormatOne: ItemFingerprints | null | undefined;

  /** `memoRoot` is the project's folder; see {@link withMemoRoot}. */
  constructor(info: FunctionInfo, others: readonly unknown[], memoRoot: string) {
    this.#info = info;
    this.#others = others;
    this.#memoRoot = memoRoot;
    this.#fingerprints = this.#fingerprintOthers();
  }

  /**
   * Fingerprints the call with `item` as its first argument.
   *
   * @throws TypeError for an argument that cannot be compared, naming it and the remedy
   */
  fingerprint(item: unknown): ArgumentsFingerprint {
    return withMemoRoot(this.#memoRoot, () => this.#fingerprints.of(item));
  }

  /**
   * Fingerprints the call as Tidemark 0.1 did; `undefined` when the shared arguments are no longer as they were given, and for arguments
   * that 0.1 did not take.
   */
  formatOneFingerprint(item: unknown): ArgumentsFingerprint | undefined {
    this.#inFormatOne ??= this.#createInFormatOne() ?? null;
    return inFormatOne(() => withMemoRoot(this.#memoRoot, () => this.#inFormatOne?.of(item)));
  }

  #createInFormatOne(): ItemFingerprints | undefined {
    if (!this.#fingerprintOthers().hasSameCommon(this.#fingerprints)) return undefined;
    const { name } = this.#info;
    return inFormatOne(() => {
      const logicId = formatOneTrackedLogic(this.#info);
      return withMemoRoot(this.#memoRoot, () => new ItemFingerprints(name, this.#others, logicId, FormatOneWriter));
    });
  }

  #fingerprintOthers(): ItemFingerprints {
    const { name } = this.#info;
    return withMemoRoot(this.#memoRoot, () => new ItemFingerprints(name, this.#others, trackedLogic(this.#info)));
  }
}
