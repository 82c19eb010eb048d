import { fstatSync, open, read, statSync, type BigIntStats } from "node:fs";
import { promisify } from "node:util";
import { reservedFolders } from "../../places/reserved-folders.ts";
import type { ContentReading } from "./file-memo.ts";
import { ContentDigest } from "./content-hash.ts";
import { READ_FLAGS, requireLength, requireReadable, UnreadableError, type ReadLimit } from "./readable-file.ts";
import { descriptorRetry } from "./walk/descriptor-retry.ts";
import { isChangeTimeSettled, isSettled, versionOf, type FileVersion } from "./walk/file-version.ts";

const openFile = promisify(open);
const readFile = promisify(read);

/** A file's content while it is being read, from beginning to end. */
export class ContentReader implements Disposable {
  /** The version that was opened. */
  readonly version: FileVersion;
  readonly #descriptor: number;
  readonly #stats: BigIntStats;
  readonly #openedAtMs: number;
  #readBytes = 0;
  /** How much there is to read; `undefined` for a file that says 0 and has content, such as those in /proc. */
  #endBytes: number | undefined;

  private constructor(descriptor: number, stats: BigIntStats, openedAtMs: number) {
    this.#descriptor = descriptor;
    this.#stats = stats;
    this.#openedAtMs = openedAtMs;
    this.version = versionOf(stats);
    this.#endBytes = this.version.sizeBytes || undefined;
  }

  /** Opens the file at `path`. Rejects with the system's error, or with one that says why it is no file that can be read. */
  static async open(path: string): Promise<ContentReader> {
    const openedAtMs = Date.now();
    // Before it is opened, which can have effects on a device or a FIFO; and after, as another one may have come since.
    requireReadable(statSync(path, { bigint: true }));
    const descriptor = await descriptorRetry.run(() => openFile(path, READ_FLAGS));
    const stats = fstatSync(descriptor, { bigint: true });
    try {
      requireReadable(stats);
    } catch (error) {
      reservedFolders.close(descriptor, stats);
      throw error;
    }
    return new ContentReader(descriptor, stats, openedAtMs);
  }

  /** Reads on into `target`, which is not empty; gives the number of bytes, 0 at the end. */
  async read(target: Uint8Array): Promise<number> {
    // Saves one call for each file, and gives a file that grows all the time an end.
    if (this.#readBytes === this.#endBytes) return 0;
    const most = Math.min(target.length, MAX_READ_BYTES, (this.#endBytes ?? Infinity) - this.#readBytes);
    const { bytesRead } = await readFile(this.#descriptor, target, 0, most, null);
    // A file that was empty when it was opened, and is written since.
    if (this.#endBytes === undefined && this.#readBytes === 0 && bytesRead > 0) {
      this.#endBytes = this.#sizeNow() || undefined;
    }
    this.#readBytes += bytesRead;
    return bytesRead;
  }

  /** Reads all that is left, unless it is more than `limit` says. */
  async readAll(limit: ReadLimit): Promise<Uint8Array<ArrayBuffer>> {
    const { sizeBytes } = this.version;
    requireLength(sizeBytes, limit);
    let bytes = allocate(sizeBytes || CHUNK_BYTES, limit);
    let length = 0;
    for (;;) {
      if (length === bytes.length && length !== sizeBytes) bytes = doubled(bytes, limit);
      const count = await this.read(length === 0 ? bytes : bytes.subarray(length));
      if (count === 0) return length === bytes.length ? bytes : bytes.slice(0, length);
      length += count;
      requireLength(length, limit);
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
    reservedFolders.close(this.#descriptor, this.#stats);
  }

  #sizeNow(): number {
    return Number(fstatSync(this.#descriptor, { bigint: true }).size);
  }

  /** Whether the file has not been modified since it was opened. A new hard link or mode in the meantime is no modification. */
  #hasStayed(): boolean {
    const now = versionOf(fstatSync(this.#descriptor, { bigint: true }));
    return now.mtimeNs === this.version.mtimeNs && now.sizeBytes === this.version.sizeBytes;
  }
}

/** Hashes the content of the file at `path`. Rejects as {@link ContentReader.open} does. */
export async function hashContent(path: string): Promise<ContentReading & { readonly hash: string }> {
  using content = await ContentReader.open(path);
  const digest = new ContentDigest();
  for await (const chunk of content.chunks()) digest.add(chunk);
  const hash = digest.end();
  return { ...content.reading(hash), hash };
}

const CHUNK_BYTES = 65_536;

/** What one call of read(2) can take on every system. */
const MAX_READ_BYTES = 2 ** 30;

function doubled(bytes: Uint8Array, limit: ReadLimit): Uint8Array<ArrayBuffer> {
  const larger = allocate(bytes.length * 2, limit);
  larger.set(bytes);
  return larger;
}

function allocate(sizeBytes: number, { remedy }: ReadLimit): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(sizeBytes);
  } catch (cause) {
    throw new UnreadableError(`there is no memory for ${sizeBytes} bytes in one piece; ${remedy}`, { cause });
  }
}
