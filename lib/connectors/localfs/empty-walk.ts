import { TidemarkError } from "../../errors.ts";

/** Options of {@link createEmptyWalk}; `WalkDirOptions` documents them. */
export interface EmptyWalkOptions {
  readonly include?: string | readonly string[];
  readonly exclude?: string | readonly string[];
  readonly ifEmpty?: "fail" | "allow";
}

/** The reaction to a walk that finds no file. */
export interface EmptyWalk {
  /** The folder as the user called it. */
  readonly dir: string;
  /** Whether the walk fails then. */
  readonly isFailure: boolean;
  /** Whether globs, and not only the folder, decide about the files. */
  readonly hasGlobs: boolean;
  /** The finding in words, such as `no file in docs matches "**\/*.md"`. */
  readonly reason: string;
}

/**
 * Describes the reaction to a walk of `dir` that finds no file.
 *
 * @throws TypeError when `ifEmpty` is neither `"fail"` nor `"allow"`.
 */
export function createEmptyWalk(
  dir: string,
  { exclude = [], ifEmpty = "allow", include }: EmptyWalkOptions,
): EmptyWalk {
  const given: unknown = ifEmpty;
  if (given !== "fail" && given !== "allow") {
    const got = typeof given === "string" ? JSON.stringify(given) : typeof given;
    throw new TypeError(`Cannot walk a folder: \`ifEmpty\` must be "fail" or "allow", got ${got}`);
  }
  const excludes = globsOf(exclude);
  const found =
    include === undefined ? `${dir} has no file` : `no file in ${dir} matches ${globsOf(include).join(" or ")}`;
  const reason = excludes.length === 0 ? found : `${found} without the files that \`exclude\` leaves out`;
  return { dir, isFailure: given === "fail", hasGlobs: include !== undefined || excludes.length > 0, reason };
}

/** Throws TidemarkError `SOURCE_EMPTY` if a walk that finds no file is to fail. */
export function requireFiles({ dir, isFailure, reason }: EmptyWalk): void {
  if (!isFailure) return;
  const remedy = 'restore the files, or set `ifEmpty` to "allow" to have everything made of them deleted';
  throw new TidemarkError("SOURCE_EMPTY", `Cannot walk ${dir}: ${reason}; ${remedy}`, { facts: { path: dir } });
}

function globsOf(globs: string | readonly string[]): readonly string[] {
  return (typeof globs === "string" ? [globs] : globs).map((glob) => JSON.stringify(glob));
}
