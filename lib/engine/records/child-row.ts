import { decodeValue, encodeValue } from "../../state/codec.ts";
import { corruptRowError, guardRow } from "./row-errors.ts";
import { checkRow, ENVELOPE_BYTES, type RowFormat } from "./row-envelope.ts";
import type { ChildRow, MemoRow } from "./row.ts";
import { encodeSize, readFourBytes, readSize, sizeLength } from "./size.ts";

// The body of a row: the id, two bytes of flags, the size of the memo's fingerprint in one byte, the size of the memo's dependencies, both
// of these, the sections behind their size, and the rest in the codec. A probe of an unchanged component needs only the first parts.
//
// This version writes no sections. Each section is to be one byte for its name, its size and its bytes. The first one will be a history:
// reason, index of the differing argument, run, duration, failure cause, digests of arguments, named numbers. A reader skips unknown
// sections and unknown items of the rest. A rewritten row loses them.
//
// Format 1 has no envelope and no sections, one byte of flags, and four bytes for the size of the dependencies.
const ID_BYTES = 6;
const FLAGS_BYTES = 2;
const FLAG = { hasChildren: 1, hasCalls: 2, hasMemo: 4, hasLongPath: 8, hasMemoOfFormat1: 16 };
const NOTHING = new Uint8Array();
const NO_SECTIONS = Uint8Array.of(0);

/** The place of the lower flags, from the first byte that is stored; the size of the fingerprint follows. */
const FLAGS_AT: Readonly<Record<RowFormat, number>> = { 1: ID_BYTES, 2: ENVELOPE_BYTES + ID_BYTES + FLAGS_BYTES - 1 };

type Rest = readonly [
  name: string,
  longPath: Uint8Array | null,
  states: readonly unknown[],
  value: readonly unknown[],
  ...unknown[],
];

/** Encodes the row of a component, without its envelope. */
export function encodeChildRow(row: ChildRow): Uint8Array {
  const { longPath, memo, name } = row;
  const fingerprint = memo?.fingerprint ?? NOTHING;
  const dependencies = Buffer.from(memo?.dependencies ?? "");
  const rest: Rest = [name, longPath, memo?.states ?? [], memo?.value ?? []];
  const head = Buffer.allocUnsafe(ID_BYTES + FLAGS_BYTES + 1);
  head.writeUIntBE(row.id, 0, ID_BYTES);
  head.writeUInt16BE(flagsOf(row), ID_BYTES);
  head.writeUInt8(fingerprint.length, ID_BYTES + FLAGS_BYTES);
  const parts = [head, encodeSize(dependencies.length), fingerprint, dependencies, NO_SECTIONS, encodeValue(rest)];
  return Buffer.concat(parts);
}

/**
 * Decodes the row that was found under `key`; `bytes` are to stay as they are.
 *
 * @throws TidemarkError `STORE_CORRUPT` or `STORE_TOO_NEW`
 */
export function decodeChildRow(key: Uint8Array, bytes: Uint8Array): ChildRow {
  return new StoredRow(key, bytes);
}

/**
 * Reads the id of the component whose row was found under `key`.
 *
 * @throws TidemarkError `STORE_CORRUPT` or `STORE_TOO_NEW`
 */
export function readChildId(key: Uint8Array, bytes: Uint8Array): number {
  return readId(bytes, checkRow(key, bytes) === 1 ? 0 : ENVELOPE_BYTES);
}

/** The id at a place, in a row or in a key. */
export function readId(bytes: Uint8Array, offset: number): number {
  let id = 0;
  for (let index = 0; index < ID_BYTES; index++) id = id * 256 + (bytes[offset + index] ?? 0);
  return id;
}

/** The row of a component whose memo does not hold any more. */
export function withoutMemo({ hasCalls, hasChildren, id, longPath, name }: ChildRow): ChildRow {
  return { id, name, hasChildren, hasCalls, longPath, memo: null };
}

function flagsOf({ hasCalls, hasChildren, longPath, memo }: ChildRow): number {
  return (
    (hasChildren ? FLAG.hasChildren : 0) |
    (hasCalls ? FLAG.hasCalls : 0) |
    (memo === null ? 0 : FLAG.hasMemo) |
    (longPath === null ? 0 : FLAG.hasLongPath) |
    (memo?.format === 1 ? FLAG.hasMemoOfFormat1 : 0)
  );
}

/** Where the parts of a row are, from the first byte that is stored. */
interface Parts {
  readonly format: RowFormat;
  readonly fingerprintAt: number;
  readonly dependenciesAt: number;
  /** The end of the dependencies; the sections follow. */
  readonly sectionsAt: number;
}

function findParts(bytes: Uint8Array, format: RowFormat): Parts {
  const fingerprintSizeAt = FLAGS_AT[format] + 1;
  const sizeAt = fingerprintSizeAt + 1;
  const size = format === 1 ? readFourBytes(bytes, sizeAt) : readSize(bytes, sizeAt);
  const fingerprintAt = sizeAt + (format === 1 ? 4 : sizeLength(size));
  const dependenciesAt = fingerprintAt + bytes[fingerprintSizeAt]!;
  return { format, fingerprintAt, dependenciesAt, sectionsAt: dependenciesAt + size };
}

/** A stored row, decoded as far as it is read. */
class StoredRow implements ChildRow {
  readonly id: number;
  readonly memo: MemoRow | null;
  readonly #key: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #parts: Parts;
  #rest: Rest | undefined;

  constructor(key: Uint8Array, bytes: Uint8Array) {
    const format = checkRow(key, bytes);
    this.#key = key;
    this.#bytes = bytes;
    this.#parts = findParts(bytes, format);
    this.id = readId(bytes, format === 1 ? 0 : ENVELOPE_BYTES);
    // A row of format 2 has a checksum.
    if (format === 1 && !(this.#parts.sectionsAt <= bytes.length)) throw corruptRowError(key);
    const memoFormat = this.#has(FLAG.hasMemoOfFormat1) ? 1 : format;
    this.memo = this.#has(FLAG.hasMemo) ? new StoredMemo(this, bytes, this.#parts, memoFormat) : null;
  }

  get hasChildren(): boolean {
    return this.#has(FLAG.hasChildren);
  }

  get hasCalls(): boolean {
    return this.#has(FLAG.hasCalls);
  }

  get name(): string {
    return this.rest[0];
  }

  get longPath(): Uint8Array | null {
    return this.#has(FLAG.hasLongPath) ? this.rest[1] : null;
  }

  get rest(): Rest {
    this.#rest ??= guardRow(this.#key, () => this.#decodeRest());
    return this.#rest;
  }

  #decodeRest(): Rest {
    const { format, sectionsAt } = this.#parts;
    const bytes = this.#bytes;
    return requireRest(decodeValue(bytes.subarray(format === 1 ? sectionsAt : skipSections(bytes, sectionsAt))));
  }

  #has(flag: number): boolean {
    return (this.#bytes[FLAGS_AT[this.#parts.format]]! & flag) !== 0;
  }
}

class StoredMemo implements MemoRow {
  readonly format: RowFormat;
  readonly #row: StoredRow;
  readonly #bytes: Uint8Array;
  readonly #parts: Parts;

  constructor(row: StoredRow, bytes: Uint8Array, parts: Parts, format: RowFormat) {
    this.#row = row;
    this.#bytes = bytes;
    this.#parts = parts;
    this.format = format;
  }

  get fingerprint(): Uint8Array {
    return this.#bytes.subarray(this.#parts.fingerprintAt, this.#parts.dependenciesAt);
  }

  get dependencies(): string {
    return readDependencies(this.#bytes, this.#parts.dependenciesAt, this.#parts.sectionsAt);
  }

  get states(): readonly unknown[] {
    return this.#row.rest[2];
  }

  get value(): readonly unknown[] {
    return this.#row.rest[3];
  }
}

let last = { bytes: NOTHING, text: "" };

/** The text at a place: most rows that are read one after the other have the same, and one string for all of them is looked up faster. */
function readDependencies(bytes: Uint8Array, start: number, end: number): string {
  if (!hasBytesAt(bytes, start, end, last.bytes)) {
    last = { bytes: bytes.slice(start, end), text: Buffer.prototype.utf8Slice.call(bytes, start, end) };
  }
  return last.text;
}

function hasBytesAt(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  if (end - start !== wanted.length) return false;
  for (let index = 0; index < wanted.length; index++) if (bytes[start + index] !== wanted[index]) return false;
  return true;
}

function skipSections(bytes: Uint8Array, at: number): number {
  const size = readSize(bytes, at);
  return at + sizeLength(size) + size;
}

function requireRest(value: unknown): Rest {
  // By index: taking an array apart iterates over it.
  const rest = value as Rest;
  const longPath = rest[1];
  const isRest =
    typeof rest[0] === "string" &&
    (longPath === null || longPath instanceof Uint8Array) &&
    Array.isArray(rest[2]) &&
    Array.isArray(rest[3]);
  if (isRest) return value as Rest;
  throw new TypeError("Cannot decode the row of a component: an item of it is of another type");
}
