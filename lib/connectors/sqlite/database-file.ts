import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TidemarkError } from "../../errors.ts";
import { requireNoStoreFile } from "./require-no-store-file.ts";
import { flushFolderSync, foldersAbove, isUnreadable } from "../../places/flush-folder.ts";
import { shownValue } from "./shown-value.ts";

/** Long enough to serve the batches of one run, short enough that the file is whole soon after it. */
const IDLE_MS = 1000;

/** Arranges that `close` is called once the function it gives back has not been called for a while. */
export type ScheduleClose = (close: () => void) => () => void;

/**
 * A database file that Tidemark opens when it is needed and closes once it has not been used for a while, or when the process
 * exits. Closing merges the write-ahead log into the file, so that it can be copied or moved then.
 */
export class DatabaseFile implements Disposable {
  readonly location: string;
  readonly #postponeClose: () => void;
  #connection: DatabaseSync | undefined;
  #identity: string | undefined;

  constructor(location: string, schedule: ScheduleClose = scheduleClose) {
    this.location = location;
    this.#postponeClose = schedule(() => this[Symbol.dispose]());
  }

  /** The connection to the file that is at the place now; a file that is not there is created. */
  connection(): DatabaseSync {
    if (this.#connection !== undefined && fileIdentity(this.location) !== this.#identity) this[Symbol.dispose]();
    this.#connection ??= this.#open();
    this.#postponeClose();
    return this.#connection;
  }

  /** Closes the connection; the next use opens it again. */
  [Symbol.dispose](): void {
    const connection = this.#connection;
    this.#connection = undefined;
    open.delete(this);
    connection?.close();
  }

  #open(): DatabaseSync {
    requireNoStoreFile(this.location);
    createFolder(this.location);
    const connection = new DatabaseSync(this.location);
    try {
      // Readers do not wait for us, nor we for them. `synchronous` stays FULL: what is recorded as written must survive.
      connection.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#identity = fileIdentity(this.location);
    closeAtExit(this);
    return connection;
  }
}

/** The files that are open. One listener closes them all: a listener each would count as a leak. */
const open = new Set<DatabaseFile>();
let isListening = false;

function closeAtExit(file: DatabaseFile): void {
  open.add(file);
  if (isListening) return;
  isListening = true;
  process.once("exit", () => {
    for (const each of open) each[Symbol.dispose]();
  });
}

function createFolder(location: string): void {
  try {
    const folder = dirname(location);
    const first = mkdirSync(folder, { recursive: true });
    if (first !== undefined) flushAbove(first, folder);
  } catch (cause) {
    const act = `Cannot create the folder of database ${shownValue(location)}`;
    throw new TidemarkError("DATABASE_UNAVAILABLE", `${act}: ${String(cause)}`, { cause, facts: { location } });
  }
}

/** SQLite flushes the folder of a file itself, and none above it. */
function flushAbove(first: string, folder: string): void {
  for (const above of foldersAbove(first, folder)) {
    try {
      flushFolderSync(above);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
}

function scheduleClose(close: () => void): () => void {
  const timer = setTimeout(close, IDLE_MS).unref();
  return () => void timer.refresh();
}

/** What tells a file from another one that takes its place; `undefined` when there is none. */
function fileIdentity(location: string): string | undefined {
  const stat = statSync(location, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}
