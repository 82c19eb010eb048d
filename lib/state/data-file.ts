import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  write,
  writeSync,
  type BigIntStats,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { TidemarkError } from "../errors.ts";
import { pagesToAdd, readExtent, type Extent } from "./lmdb-extent.ts";
import { DATA_FILE } from "./store-format.ts";
import type { StateChange } from "./store.ts";

const ZEROS: Buffer = Buffer.alloc(1024 * 1024);
const writeAt = promisify(write);

/** More than this is not written synchronously. */
const MAX_SYNC_BYTES = 256 * 1024;

/** The data file of an open store: its identity, and its room for the next commit. */
export class DataFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: number;
  readonly #opened: BigIntStats;
  /** The largest size that was seen: LMDB never makes the file smaller. */
  #size: bigint;

  /** Opens the file, which lmdb has made. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, DATA_FILE);
    this.#file = openSync(this.#path, "r+");
    this.#opened = fstatSync(this.#file, { bigint: true });
    this.#size = this.#opened.size;
  }

  /**
   * Makes sure that the file is still in its place, which takes 2 µs.
   *
   * @throws {@link TidemarkError} `STORE_LOST` when it was deleted, replaced or cut short
   */
  requireInPlace(): void {
    const found = this.#find();
    if (found === undefined) throw this.#lostError("deleted");
    if (found.ino !== this.#opened.ino || found.dev !== this.#opened.dev) throw this.#lostError("replaced");
    if (found.size < this.#size) throw this.#lostError("cut short");
  }

  /** Whether the file is still in its place, and was not cut short. */
  isInPlace(): boolean {
    try {
      this.requireInPlace();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Makes room for a commit: writes zeros behind the last page, for all pages that the commit may add. A lack of room fails here: when
   * a write of lmdb 3.5 fails, its message overflows a buffer, and the process dies later (test/app/full-disk.test.ts).
   *
   * @throws the system's error, such as `ENOSPC`; the file is then as large as before
   */
  async reserve(writes: readonly (readonly StateChange[])[]): Promise<void> {
    const extent = this.#readExtent();
    const wanted = (extent.numPages + pagesToAdd(extent, writes)) * extent.pageSize;
    const size = Number(this.#size);
    try {
      for (let at = size; at < wanted;) {
        const written = this.#writeZeros(at, wanted);
        at += typeof written === "number" ? written : await written;
      }
    } catch (error) {
      // A file that was cut short meanwhile must not grow again: its size shows the cut.
      if (fstatSync(this.#file).size > size) ftruncateSync(this.#file, size);
      throw error;
    }
    this.noteSize();
  }

  /** Notes the size of the file after a commit. */
  noteSize(): void {
    const { size } = fstatSync(this.#file, { bigint: true });
    if (size > this.#size) this.#size = size;
  }

  /** Closes the file after lmdb has closed it, without the room behind its last page. */
  close(): void {
    try {
      this.#trim();
    } catch {
      // The room stays, and the next commits use it.
    } finally {
      closeSync(this.#file);
    }
  }

  #trim(): void {
    const { numPages, pageSize } = this.#readExtent();
    const used = numPages * pageSize;
    if (fstatSync(this.#file).size > used) ftruncateSync(this.#file, used);
  }

  /** Returns the number of bytes written, in a promise only for many. */
  #writeZeros(at: number, end: number): number | Promise<number> {
    const length = Math.min(ZEROS.length, end - at);
    // A short write in the background waits for much longer than it takes, and the commit waits for it.
    if (length <= MAX_SYNC_BYTES) return writeSync(this.#file, ZEROS, 0, length, at);
    return writeAt(this.#file, ZEROS, 0, length, at).then(({ bytesWritten }) => bytesWritten);
  }

  #readExtent(): Extent {
    return readExtent((buffer, position) => readSync(this.#file, buffer, 0, buffer.length, position));
  }

  #find(): BigIntStats | undefined {
    try {
      return statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    } catch (error) {
      // The place of the folder is taken by a file.
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
      throw error;
    }
  }

  #lostError(fate: string): TidemarkError {
    return new TidemarkError(
      "STORE_LOST",
      `Cannot use store at ${this.#folder}: its ${DATA_FILE} was ${fate} while it was open; put it back, or close the environment and create another, which opens the store that is there then`,
      { facts: { path: this.#folder } },
    );
  }
}
