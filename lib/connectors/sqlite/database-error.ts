import { TidemarkError } from "../../errors.ts";
import { shownValue } from "./shown-value.ts";

// https://sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** Whether somebody else's lock was in the way, so that it may work later. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** The error of SQLite as one of ours; another error as it is. */
export function databaseError(act: string, location: string, error: unknown): unknown {
  const code = resultCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const database = shownValue(location);
  const fail = (reason: string): TidemarkError =>
    new TidemarkError("DATABASE_UNAVAILABLE", `${act}: ${reason}`, { cause: error, facts: { location } });
  if (isBusy(error)) return fail(`database ${database} is locked by another connection; let it commit first`);
  if (/within a transaction/.test(error.message)) {
    return fail(
      `the connection to ${database} is inside a transaction; commit it before, or give a connection of its own`,
    );
  }
  if (code === SQLITE_CANTOPEN || code === SQLITE_NOTADB) return fail(`database ${database}: ${error.message}`);
  return new TidemarkError("DATABASE_WRITE_FAILED", `${act}: ${error.message}`, { cause: error, facts: { location } });
}

/** The primary result code of an error of `node:sqlite`, else `undefined`. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}
