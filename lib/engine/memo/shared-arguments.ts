import { formatOneTrackedLogic, inFormatOne, trackedLogic } from "./call-fingerprint.ts";
import type { ArgumentsFingerprint } from "./fingerprint.ts";
import { FormatOneWriter } from "./format-one-writer.ts";
import type { FunctionInfo } from "./function-info.ts";
import { ItemFingerprints } from "./item-fingerprints.ts";

/** The arguments after the first that all components of one `mountEach` have. They are fingerprinted as given, before any of these runs. */
export class SharedArguments {
  readonly #info: FunctionInfo;
  readonly #others: readonly unknown[];
  readonly #fingerprints: ItemFingerprints;
  #inFormatOne: ItemFingerprints | null | undefined;

  constructor(info: FunctionInfo, others: readonly unknown[]) {
    this.#info = info;
    this.#others = others;
    this.#fingerprints = new ItemFingerprints(info.name, others, trackedLogic(info));
  }

  /**
   * Fingerprints the call with `item` as its first argument.
   *
   * @throws TypeError for an argument that cannot be compared, naming it and the remedy
   */
  fingerprint(item: unknown): ArgumentsFingerprint {
    return this.#fingerprints.of(item);
  }

  /**
   * Fingerprints the call as Tidemark 0.1 did; `undefined` when the shared arguments are no longer as they were given, and for arguments
   * that 0.1 did not take.
   */
  formatOneFingerprint(item: unknown): ArgumentsFingerprint | undefined {
    this.#inFormatOne ??= this.#createInFormatOne() ?? null;
    return inFormatOne(() => this.#inFormatOne?.of(item));
  }

  #createInFormatOne(): ItemFingerprints | undefined {
    const now = new ItemFingerprints(this.#info.name, this.#others, trackedLogic(this.#info));
    if (!now.hasSameCommon(this.#fingerprints)) return undefined;
    return new ItemFingerprints(this.#info.name, this.#others, formatOneTrackedLogic(this.#info), FormatOneWriter);
  }
}
