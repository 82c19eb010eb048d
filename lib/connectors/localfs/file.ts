import { constants } from "node:buffer";
import { ReadableStream } from "node:stream/web";
import type { BigIntStats } from "node:fs";
import {
  completeMemoState,
  formatOneMemoKey,
  hasNamedKey,
  memoKey,
  memoState,
  type InternalMemoizable,
  type Memoizable,
  type MemoState,
} from "../../engine/memo/memoizable.ts";
import { ConcurrencyLimit } from "../../time/concurrency-limit.ts";
import { fileLocation, type FileLocation, type LocatedFile } from "../../engine/sources/file-location.ts";
import { ContentDigest, contentHashInTurns } from "./content-hash.ts";
import { ContentReader, hashContent } from "./content-reader.ts";
import { fileState, isFileState, vouchedState, type ContentReading } from "./file-memo.ts";
import type { FileSource } from "./file-source.ts";
import { fileSystemError } from "./walk/file-system-error.ts";
import { versionOf, type FileVersion } from "./walk/file-version.ts";
import { requireLength, type ReadLimit } from "./readable-file.ts";
import { MAX_QUICK_BYTES, QuickReader, type QuickRead } from "./quick-read.ts";

/**
 * A file found by `walkDir`. As an argument of a memoized function it is unchanged while its modification time, size, inode and change
 * time are as recorded, and else while the content that was read from it still has the same hash. Of a file that was never read to its
 * end, modification time and size decide.
 *
 * Reading rejects with a TidemarkError FILE_READ_FAILED, the system's error being its cause.
 */
export interface File extends Memoizable {
  /** The file's path relative to the folder that was walked, with "/" on every system. */
  readonly path: string;
  /** The size in bytes, as the walk found it. */
  readonly size: number;
  /** When the file was modified, as the walk found it. Memos of a function that reads the content do not depend on it. */
  readonly modifiedAt: Date;
  /**
   * Reads the content as UTF-8, as a `Blob` does: without a byte order mark, and with U+FFFD for what is not valid. A file of more than
   * 512 MB, which is the longest string of Node, is not read: it rejects with FILE_READ_FAILED.
   */
  text(): Promise<string>;
  /** Reads the content; rejects with FILE_READ_FAILED when there is no memory for it in one piece. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads the content piece by piece: the file is open from the first piece that is asked for until the end or `cancel`. */
  stream(): ReadableStream<Uint8Array>;
}

/** The file at `path` in `source`, of which the walk found `stats`. */
export function createFile(source: FileSource, path: string, stats: BigIntStats): File {
  return new LocalFile(source, path, versionOf(stats));
}

class LocalFile implements File, LocatedFile, InternalMemoizable {
  static readonly [hasNamedKey] = true;
  readonly path: string;
  readonly #source: FileSource;
  readonly #found: FileVersion;
  #readings: readonly ContentReading[] = NO_READINGS;
  /** What was read to compare its hash, also where it is an argument of several functions. */
  #checked: ContentReading | Promise<ContentReading | undefined> | undefined;

  constructor(source: FileSource, path: string, found: FileVersion) {
    this.path = path;
    this.#source = source;
    this.#found = found;
  }

  get size(): number {
    return this.#found.sizeBytes;
  }

  get modifiedAt(): Date {
    return new Date(Number(this.#found.mtimeNs / 1_000_000n));
  }

  async text(): Promise<string> {
    // Decoded before anything else can be read into the same bytes.
    return utf8.decode(this.#readQuickly(() => scratch) ?? (await this.#readAll(TEXT_LIMIT)));
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#readQuickly((sizeBytes) => new Uint8Array(sizeBytes)) ?? (await this.#readAll(BYTES_LIMIT));
  }

  stream(): ReadableStream<Uint8Array> {
    return ReadableStream.from(this.#chunks(this.#startReading()));
  }

  [memoKey](): unknown {
    return ["tidemark/localfs/file", this.#source.place, this.path];
  }

  [formatOneMemoKey](): unknown {
    return ["tidemark/localfs/file", this.#source.dir, this.path];
  }

  [fileLocation](): FileLocation {
    return { path: this.#location, root: this.#source.root || "/" };
  }

  /** Answers without a promise unless the content has to be hashed. */
  [memoState](previous: unknown): MemoState | Promise<MemoState> {
    if (!isFileState(previous)) return this.#answer(false);
    const vouched = vouchedState(previous, this.#found);
    if (vouched !== undefined) return { state: vouched, isValid: true };
    const [, sizeBytes, hash] = previous;
    return hash === null || sizeBytes !== this.#found.sizeBytes ? this.#answer(false) : this.#compare(hash);
  }

  /** Before the execution nothing is known of the content: reading it then would double a first run. */
  [completeMemoState](): unknown {
    return fileState(this.#found, this.#readings);
  }

  #readQuickly(targetOf: (sizeBytes: number) => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const read = this.#quickly(targetOf);
    if (read !== undefined) this.#readings = [...this.#readings, read.reading];
    return read?.bytes;
  }

  #quickly(targetOf: (sizeBytes: number) => Uint8Array<ArrayBuffer>): QuickRead | undefined {
    const { sizeBytes } = this.#found;
    // A size of 0 says nothing: files such as those in /proc have content.
    if (sizeBytes === 0 || sizeBytes > MAX_QUICK_BYTES) return undefined;
    return quickReader.read(this.#location, this.#found, targetOf(sizeBytes));
  }

  async #readAll(limit: ReadLimit): Promise<Uint8Array<ArrayBuffer>> {
    try {
      // Before the reading starts: the failure depends on the size alone, so a memo can rest on it.
      requireLength(this.size, limit);
      const note = this.#startReading();
      return await wholeReadings.run(() => this.#readWhole(limit, note));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async #readWhole(limit: ReadLimit, note: (reading: ContentReading) => void): Promise<Uint8Array<ArrayBuffer>> {
    using content = await ContentReader.open(this.#location);
    const bytes = await content.readAll(limit);
    const reading = content.reading(undefined);
    note({ ...reading, hash: await contentHashInTurns(bytes) });
    return bytes;
  }

  get #location(): string {
    return `${this.#source.root}/${this.path}`;
  }

  get #unknown(): ContentReading {
    return { version: this.#found, hash: undefined, isSettled: false, isChangeTimeSettled: false };
  }

  #answer(isValid: boolean): MemoState {
    return { state: fileState(this.#found, this.#readings), isValid };
  }

  #compare(hash: string): MemoState | Promise<MemoState> {
    const read = this.#checked === undefined ? this.#quickly(() => scratch) : undefined;
    this.#checked ??= read?.reading ?? readHash(this.#location);
    const judge = (reading: ContentReading | undefined): MemoState =>
      reading?.hash === hash ? { state: fileState(this.#found, [reading]), isValid: true } : this.#answer(false);
    return this.#checked instanceof Promise ? this.#checked.then(judge) : judge(this.#checked);
  }

  /** From here on something of the content may be known outside, of which nothing can be said until the reading is noted. */
  #startReading(): (reading: ContentReading) => void {
    let current = this.#unknown;
    this.#readings = [...this.#readings, current];
    return (reading) => {
      this.#readings = this.#readings.map((each) => (each === current ? reading : each));
      current = reading;
    };
  }

  async *#chunks(note: (reading: ContentReading) => void): AsyncGenerator<Uint8Array, void> {
    try {
      using content = await ContentReader.open(this.#location);
      const digest = new ContentDigest();
      let hash: string | undefined;
      try {
        for await (const chunk of content.chunks()) {
          digest.add(chunk);
          yield chunk;
        }
        hash = digest.end();
      } finally {
        note(content.reading(hash));
      }
    } catch (error) {
      note(this.#unknown);
      throw this.#failure(error);
    }
  }

  #failure(cause: unknown): Error {
    return fileSystemError("FILE_READ_FAILED", "read", `${this.#source.dir}/${this.path}`, cause);
  }
}

const NO_READINGS: readonly ContentReading[] = Object.freeze([]);

const utf8 = new TextDecoder();

const quickReader = new QuickReader();

const scratch = new Uint8Array(MAX_QUICK_BYTES);

/** Bounds the descriptors and the memory in use. Streams are not counted: a caller may open many before it reads one to its end. */
const wholeReadings = new ConcurrencyLimit(32);

/** A byte of a file may become a code unit of the text. */
const TEXT_LIMIT: ReadLimit = {
  method: "text()",
  maxBytes: constants.MAX_STRING_LENGTH,
  remedy: "read it with bytes() or stream()",
};

const BYTES_LIMIT: ReadLimit = { method: "bytes()", maxBytes: constants.MAX_LENGTH, remedy: "read it with stream()" };

/** The present content's hash; `undefined` when it cannot be read: the function runs then, and meets the error if it reads the file. */
async function readHash(location: string): Promise<ContentReading | undefined> {
  try {
    return await wholeReadings.run(() => hashContent(location));
  } catch {
    return undefined;
  }
}
