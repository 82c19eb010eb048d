import { closeSync, fstatSync, open, read } from "node:fs";
import { promisify } from "node:util";
import type { ContentReading } from "./file-memo.ts";
import { isChangeTimeSettled, isSettled, versionOf, type FileVersion } from "./walk/file-version.ts";

const openFile = promisify(open);
const readFile = promisify(read);

/** A file's content while it is being read, from beginning to end. */
export class ContentReader implements Disposable {
  /** The version that was opened. */
  readonly version: FileVersion;
  readonly #descriptor: number;
  readonly #openedAtMs: number;
  #readBytes = 0;

  private constructor(descriptor: number, openedAtMs: number) {
    this.#descriptor = descriptor;
    this.#openedAtMs = openedAtMs;
    this.version = versionOf(fstatSync(descriptor, { bigint: true }));
  }

  /** Opens the file at `path`; the system's error when that fails. */
  static async open(path: string): Promise<ContentReader> {
    const openedAtMs = Date.now();
    const descriptor = await openFile(path, "r");
    try {
      return new ContentReader(descriptor, openedAtMs);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Reads on into `target`, which is not empty; gives the number of bytes, 0 at the end. */
  async read(target: Uint8Array): Promise<number> {
    const { sizeBytes } = this.version;
    // Saves one call for each file; files such as those in /proc say 0 and have content.
    if (sizeBytes > 0 && this.#readBytes === sizeBytes) return 0;
    const { bytesRead } = await readFile(this.#descriptor, target, 0, Math.min(target.length, MAX_READ_BYTES), null);
    this.#readBytes += bytesRead;
    return bytesRead;
  }

  /** Reads all that is left. */
  async readAll(): Promise<Uint8Array<ArrayBuffer>> {
    let bytes = new Uint8Array(this.version.sizeBytes || CHUNK_BYTES);
    let length = 0;
    for (;;) {
      if (length === bytes.length && length !== this.version.sizeBytes) bytes = doubled(bytes);
      const count = await this.read(length === 0 ? bytes : bytes.subarray(length));
      if (count === 0) return length === bytes.length ? bytes : bytes.slice(0, length);
      length += count;
    }
  }

  /** Reads all that is left in pieces; each is the caller's to keep. */
  async *chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    for (;;) {
      const chunk = new Uint8Array(Math.min(this.version.sizeBytes || CHUNK_BYTES, CHUNK_BYTES));
      const count = await this.read(chunk);
      if (count === 0) return;
      yield count === chunk.length ? chunk : chunk.subarray(0, count);
    }
  }

  /** Describes the reading so far; `hash` is the hash of the whole content, `undefined` unless all of it was read. */
  reading(hash: string | undefined): ContentReading {
    const { version } = this;
    return {
      version,
      hash,
      isSettled: this.#hasStayed() && isSettled(version, this.#openedAtMs),
      isChangeTimeSettled: isChangeTimeSettled(version, this.#openedAtMs),
    };
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  /** Whether the file has not been modified since it was opened. A new hard link or mode in the meantime is no modification. */
  #hasStayed(): boolean {
    const now = versionOf(fstatSync(this.#descriptor, { bigint: true }));
    return now.mtimeNs === this.version.mtimeNs && now.sizeBytes === this.version.sizeBytes;
  }
}

const CHUNK_BYTES = 65_536;

/** What one call of read(2) can take on every system. */
const MAX_READ_BYTES = 2 ** 30;

function doubled(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}
