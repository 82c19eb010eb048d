import { TidemarkError } from "../../../errors.ts";
import { reasonOf, systemCode } from "../walk/file-system-error.ts";

/** What the system's codes mean here, and what helps. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOSPC: "the limit of watched folders is reached (ENOSPC); raise fs.inotify.max_user_watches, or `exclude` more",
  EMFILE: "the limit of watchers is reached (EMFILE); raise fs.inotify.max_user_instances",
};

/** Codes that say nothing about watching: listing the folder meets the same, and deals with it. */
const FOLDER_CODES = ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM", "ENAMETOOLONG"];

/** Whether an error of the system's watch comes from the folder rather than from watching. */
export function isFolderFailure(error: unknown): boolean {
  return FOLDER_CODES.includes(systemCode(error) ?? "");
}

/** The error that says why `folder` is not watched, and how often it is looked at instead. */
export function watchFailure(folder: string, pollIntervalMs: number, cause: unknown): TidemarkError {
  const code = systemCode(cause);
  const reason = EXPLANATIONS[code ?? ""] ?? reasonOf(cause);
  const message = `Cannot watch ${folder}, so it is looked through every ${pollIntervalMs} ms instead: ${reason}`;
  return new TidemarkError("WATCH_UNAVAILABLE", message, { cause, facts: { path: folder, pollIntervalMs } });
}
