import { getSystemErrorMap } from "node:util";
import { TidemarkError, type TidemarkErrorCode } from "../../../errors.ts";

/** The code of a system error such as `"ENOENT"`, or `undefined` for any other value. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whether the error says that there is nothing at the path (any more). */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** A TidemarkError "Cannot `act` `path`: reason" around a system error, which it keeps as its cause. */
export function fileSystemError(code: TidemarkErrorCode, act: string, path: string, cause: unknown): TidemarkError {
  return new TidemarkError(code, `Cannot ${act} ${path}: ${reasonOf(cause)}`, { cause, facts: { path } });
}

/** What a system error says, in words and with its code. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const errno = "errno" in cause && typeof cause.errno === "number" ? cause.errno : undefined;
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return words === undefined ? cause.message : `${words} (${systemCode(cause)})`;
}
