import { getSystemErrorName } from "node:util";
import { TidemarkError, type TidemarkErrorCode } from "../errors.ts";

/** The part of the writes of a commit that its failure concerns: some of them, the large ones, or all later writes as well. */
export type FailureScope = "some" | "large" | "all";

interface Failure {
  readonly code: Extract<TidemarkErrorCode, "STORE_CORRUPT" | "STORE_UNAVAILABLE">;
  readonly scope: FailureScope;
  readonly remedy: string;
}

/** The names of LMDB's own codes. */
const LMDB_NAMES: ReadonlyMap<number, string> = new Map([
  [-30799, "MDB_KEYEXIST"],
  [-30798, "MDB_NOTFOUND"],
  [-30797, "MDB_PAGE_NOTFOUND"],
  [-30796, "MDB_CORRUPTED"],
  [-30795, "MDB_PANIC"],
  [-30794, "MDB_VERSION_MISMATCH"],
  [-30793, "MDB_INVALID"],
  [-30792, "MDB_MAP_FULL"],
  [-30791, "MDB_DBS_FULL"],
  [-30790, "MDB_READERS_FULL"],
  [-30789, "MDB_TLS_FULL"],
  [-30788, "MDB_TXN_FULL"],
  [-30787, "MDB_CURSOR_FULL"],
  [-30786, "MDB_PAGE_FULL"],
  [-30785, "MDB_MAP_RESIZED"],
  [-30784, "MDB_INCOMPATIBLE"],
  [-30783, "MDB_BAD_RSLOT"],
  [-30782, "MDB_BAD_TXN"],
  [-30781, "MDB_BAD_VALSIZE"],
  [-30780, "MDB_BAD_DBI"],
  [-30779, "MDB_PROBLEM"],
  [-30778, "MDB_BAD_CHECKSUM"],
  [-30777, "MDB_CRYPTO_FAIL"],
  [-30776, "MDB_ENV_ENCRYPTION"],
  [-30775, "MDB_LOCK_FAILURE"],
]);

const DAMAGED = corrupt("run `tidemark doctor`, and restore the folder or delete it, which costs one full run");
const REOPEN = unavailable("close the environment and open it again");
const OTHER = unavailable("check the folder and its disk, then run again", "some");

const FAILURES: ReadonlyMap<string, Failure> = new Map([
  ["ENOSPC", unavailable("free space on its disk, then run again", "large")],
  ["EDQUOT", unavailable("free space or raise the disk quota, then run again", "large")],
  ["EFBIG", unavailable("raise the limit of file sizes (`ulimit -f`), then run again", "large")],
  ["EIO", unavailable("check its disk, then run `tidemark doctor`")],
  ["EROFS", unavailable("mount its file system for writing, or use another folder")],
  ["EACCES", unavailable("let this user read and write the folder and its files")],
  ["EPERM", unavailable("let this user read and write the folder and its files")],
  ["EMFILE", unavailable("raise the limit of open files (`ulimit -n`), then run again")],
  ["ENFILE", unavailable("raise the system's limit of open files, then run again")],
  ["ENOMEM", unavailable("free memory or raise the limit of address space (`ulimit -v`), then run again")],
  ["EINVAL", REOPEN],
  ["MDB_PAGE_NOTFOUND", DAMAGED],
  ["MDB_CORRUPTED", DAMAGED],
  ["MDB_VERSION_MISMATCH", DAMAGED],
  ["MDB_INVALID", DAMAGED],
  ["MDB_INCOMPATIBLE", DAMAGED],
  ["MDB_BAD_DBI", DAMAGED],
  ["MDB_PROBLEM", DAMAGED],
  ["MDB_CURSOR_FULL", DAMAGED],
  ["MDB_PAGE_FULL", DAMAGED],
  ["MDB_BAD_CHECKSUM", DAMAGED],
  ["MDB_CRYPTO_FAIL", DAMAGED],
  ["MDB_ENV_ENCRYPTION", DAMAGED],
  // Of keys that are out of order or too long: Tidemark checks each key before it is written.
  ["MDB_KEYEXIST", DAMAGED],
  ["MDB_BAD_VALSIZE", DAMAGED],
  ["MDB_PANIC", REOPEN],
  ["MDB_BAD_TXN", REOPEN],
  ["MDB_BAD_RSLOT", REOPEN],
  ["MDB_TLS_FULL", REOPEN],
  ["MDB_LOCK_FAILURE", REOPEN],
  ["MDB_MAP_RESIZED", REOPEN],
  ["MDB_READERS_FULL", unavailable("end the other processes that read the store")],
  ["MDB_MAP_FULL", unavailable("raise the limit of address space (`ulimit -v`), then run again")],
  ["MDB_DBS_FULL", REOPEN],
  ["MDB_TXN_FULL", OTHER],
]);

/** Returns the error of an act on the store in `folder`; a {@link TidemarkError} stays as it is. */
export function storeError(act: string, folder: string, cause: unknown): TidemarkError {
  if (cause instanceof TidemarkError) return cause;
  const name = nameOf(cause);
  const { code, remedy } = failureOf(cause);
  return new TidemarkError(code, `Cannot ${act} store at ${folder}: ${reasonOf(cause, name)}; ${remedy}`, {
    cause,
    facts: { path: folder },
  });
}

/** Tells which writes of a commit fail for this reason. */
export function scopeOf(cause: unknown): FailureScope {
  if (cause instanceof TidemarkError) return cause.cause === undefined ? "all" : scopeOf(cause.cause);
  return failureOf(cause).scope;
}

function failureOf(cause: unknown): Failure {
  // lmdb finds such a size in a damaged page.
  if (cause instanceof Error && cause.message.startsWith("Invalid key size")) return DAMAGED;
  return FAILURES.get(nameOf(cause) ?? "") ?? OTHER;
}

/** The name of an error's code, such as `"ENOSPC"` or `"MDB_CORRUPTED"`; lmdb gives numbers. */
function nameOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  const { code } = cause;
  if (typeof code === "string") return code;
  if (typeof code !== "number") return undefined;
  return LMDB_NAMES.get(code) ?? (code > 0 ? getSystemErrorName(-code) : String(code));
}

function reasonOf(cause: unknown, name: string | undefined): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return name === undefined || message.includes(name) ? message : `${message} (${name})`;
}

function corrupt(remedy: string): Failure {
  return { code: "STORE_CORRUPT", scope: "all", remedy };
}

function unavailable(remedy: string, scope: FailureScope = "all"): Failure {
  return { code: "STORE_UNAVAILABLE", scope, remedy };
}
