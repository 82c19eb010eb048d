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

/** The remedies of system errors, by code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "change its permissions, or run as another user",
  EPERM: "change its permissions, or run as another user",
  EMFILE: "raise the limit of open files (ulimit -n), or close files",
  ENFILE: "raise the system's limit of open files (fs.file-max)",
  EIO: "check the disk",
};

/** The remedies of the errors that only a write has, or that have another one there. */
const WRITE_REMEDIES: Readonly<Record<string, string>> = {
  EDQUOT: "free some space, or raise the quota",
  EFBIG: "raise the limit of the size of files (ulimit -f)",
  EISDIR: "remove or rename the folder that is in its way",
  ELOOP: "remove the links that lead round in a circle",
  ENOSPC: "free some space on its file system",
  ENOTDIR: "remove or rename the file that is in its way",
  ENAMETOOLONG: "choose a shorter path",
  EROFS: "mount its file system for writing, or choose another folder",
};

/** A TidemarkError "Cannot `act` `path`: reason; remedy" around a system error, which it keeps as its cause. */
export function fileSystemError(code: TidemarkErrorCode, act: string, path: string, cause: unknown): TidemarkError {
  const reason = systemCode(cause) ?? "";
  const remedy = REMEDIES[reason] ?? (code === "FILE_WRITE_FAILED" ? WRITE_REMEDIES[reason] : undefined);
  const message = `Cannot ${act} ${path}: ${reasonOf(cause)}${remedy === undefined ? "" : `; ${remedy}`}`;
  return new TidemarkError(code, message, { cause, facts: { path } });
}

/** What a system error says, in words and with its code. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const errno = "errno" in cause && typeof cause.errno === "number" ? cause.errno : undefined;
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return words === undefined ? cause.message : `${words} (${systemCode(cause)})`;
}
