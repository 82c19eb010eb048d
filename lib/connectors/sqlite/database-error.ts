import { TidemarkError } from "../../errors.ts";
import { shownValue } from "./shown-value.ts";

// https://sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;
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
  const reason = REASONS.get(code)?.(database, error.message) ?? error.message;
  return new TidemarkError("DATABASE_WRITE_FAILED", `${act}: ${reason}`, { cause: error, facts: { location } });
}

/** The reasons that are about the file of a database and not about a statement, by result code. */
const REASONS: ReadonlyMap<number, (database: string, message: string) => string> = new Map([
  [
    SQLITE_READONLY,
    (database) =>
      `database ${database} is read-only; let this process write the file and its folder, or open it for writing`,
  ],
  [SQLITE_FULL, (database) => `no space is left for database ${database}; free some, then update again`],
  [SQLITE_IOERR, (database, message) => `database ${database} could not be read or written: ${message}`],
]);

/** The primary result code of an error of `node:sqlite`, else `undefined`. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}
