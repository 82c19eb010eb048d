import type { MemoRow } from "../records/row.ts";
import type { ArgumentsFingerprint } from "./fingerprint.ts";
import { isSameCall, matchesMemo } from "./memo-check.ts";

/** The means of reading a memo that Tidemark 0.1 has stored. */
export interface MemoReading {
  /** Fingerprints the call as 0.1 did; `undefined` when its arguments are not known any more. */
  readonly formatOneCall: () => ArgumentsFingerprint | undefined;
  /** Whether all dependencies still hold, of this version or of 0.1. */
  readonly holds: (dependencies: string) => boolean;
  /** Returns dependencies that 0.1 has stored as this version stores them. */
  readonly translate: (dependencies: string) => string;
}

/**
 * Returns a stored memo if it is for the call and its dependencies still hold. A memo that Tidemark 0.1 has stored is returned as this
 * version would have stored it, and is to be stored so. The states are checked apart.
 */
export function validMemo<R extends MemoRow>(
  memo: R,
  call: ArgumentsFingerprint,
  { formatOneCall, holds, translate }: MemoReading,
): R | undefined {
  if (memo.format === 2) return matchesMemo(memo, call, holds) ? memo : undefined;
  const before = isSameCall(memo, call) ? call : formatOneCall();
  if (before === undefined || !matchesMemo(memo, before, holds)) return undefined;
  // 0.1 wrote the items of maps and sets, and with them their states, in the order of their bytes.
  const states = call.stateful.map((argument) => memo.states[before.stateful.indexOf(argument)]);
  const { fingerprint } = call;
  return { ...copyOf(memo), fingerprint, dependencies: translate(memo.dependencies), states, format: 2 };
}

/** A row that is decoded lazily has accessors in its class, which a spread leaves out. */
function copyOf<R extends MemoRow>(memo: R): R {
  const { dependencies, fingerprint, format, states, value } = memo;
  return { ...memo, dependencies, fingerprint, format, states, value };
}
