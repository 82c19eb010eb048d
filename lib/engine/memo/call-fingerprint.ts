import { fingerprintCall, type ArgumentsFingerprint } from "./fingerprint.ts";
import { FormatOneWriter } from "./format-one-writer.ts";
import type { FunctionInfo } from "./function-info.ts";
import { inFormatOne } from "./in-format-one.ts";
import { withMemoRoot } from "./memo-root.ts";

/**
 * Fingerprints a call of a component function in the project at `memoRoot`; see {@link withMemoRoot}.
 *
 * @throws TypeError for an argument that cannot be compared, naming it and the remedy
 */
export function fingerprintOf(info: FunctionInfo, args: readonly unknown[], memoRoot: string): ArgumentsFingerprint {
  return withMemoRoot(memoRoot, () => fingerprintCall(info.name, args, trackedLogic(info)));
}

/** As {@link fingerprintOf}, in the form of Tidemark 0.1; `undefined` for arguments that 0.1 did not take. */
export function formatOneFingerprintOf(
  info: FunctionInfo,
  args: readonly unknown[],
  memoRoot: string,
): ArgumentsFingerprint | undefined {
  return inFormatOne(() => {
    const logicId = formatOneTrackedLogic(info);
    return withMemoRoot(memoRoot, () => fingerprintCall(info.name, args, logicId, FormatOneWriter));
  });
}

/** Returns the id of the logic of a function; `undefined` when it takes no part in change detection. */
export function trackedLogic({ logicId, logicTracking }: FunctionInfo): string | undefined {
  return logicTracking === "none" ? undefined : logicId;
}

/**
 * As {@link trackedLogic}, with the id that Tidemark 0.1 gave the logic.
 *
 * @throws TypeError for logic that 0.1 did not take
 */
export function formatOneTrackedLogic({ formatOneLogicId, logicTracking, name }: FunctionInfo): string | undefined {
  if (logicTracking === "none") return undefined;
  if (formatOneLogicId !== undefined) return formatOneLogicId;
  throw new TypeError(`Cannot compare \`${name}\` as Tidemark 0.1 did: it refused the \`deps\``);
}
