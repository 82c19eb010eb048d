import { fingerprintCall, type ArgumentsFingerprint } from "./fingerprint.ts";
import { FormatOneWriter } from "./format-one-writer.ts";
import type { FunctionInfo } from "./function-info.ts";

/**
 * Fingerprints a call of a component function.
 *
 * @throws TypeError for an argument that cannot be compared, naming it and the remedy
 */
export function fingerprintOf(info: FunctionInfo, args: readonly unknown[]): ArgumentsFingerprint {
  return fingerprintCall(info.name, args, trackedLogic(info));
}

/** Fingerprints a call of a component function as Tidemark 0.1 did; `undefined` for arguments that 0.1 did not take. */
export function formatOneFingerprintOf(info: FunctionInfo, args: readonly unknown[]): ArgumentsFingerprint | undefined {
  return inFormatOne(() => fingerprintCall(info.name, args, formatOneTrackedLogic(info), FormatOneWriter));
}

/** Returns `undefined` where 0.1 would have thrown: it cannot have stored a memo. */
export function inFormatOne<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}

/** Returns the id of the logic of a function; `undefined` when it takes no part in change detection. */
export function trackedLogic({ logicId, logicTracking }: FunctionInfo): string | undefined {
  return logicTracking === "none" ? undefined : logicId;
}

/** As {@link trackedLogic}, with the id that Tidemark 0.1 gave the logic. */
export function formatOneTrackedLogic({ formatOneLogicId, logicTracking }: FunctionInfo): string | undefined {
  return logicTracking === "none" ? undefined : formatOneLogicId;
}
