import { decodeValue, encodeValue } from "../../state/codec.ts";
import { corruptRowError, guardRow } from "./row-errors.ts";
import { checkRow, ENVELOPE_BYTES, type RowFormat } from "./row-envelope.ts";
import type { ChildRow, MemoRow } from "./row.ts";

// The body of a row: the id, the flags, two sizes, the memo's fingerprint, the memo's dependencies, the sections, and the rest in the
// codec. A probe of an unchanged component needs only the first parts.
//
// This version writes no sections. Each section is to be one byte for its name, its size and its bytes. The first one will be a history:
// reason, index of the differing argument, run, duration, failure cause, digests of arguments, named numbers. A reader skips unknown
// sections and unknown items of the rest. A rewritten row loses them.
const ID_BYTES = 6;
const DEPENDENCIES_SIZE_BYTES = 4;
const FLAG = { hasChildren: 1, hasCalls: 2, hasMemo: 4, hasLongPath: 8, hasMemoOfFormat1: 16 };
const NOTHING = new Uint8Array();
const NO_SECTIONS = Uint8Array.of(0);

/** Where the parts of a row are, from the first byte that is stored. */
interface Layout {
  readonly idAt: number;
  /** The byte of the flags above. */
  readonly flagsAt: number;
  readonly fingerprintSizeAt: number;
  readonly dependenciesSizeAt: number;
  readonly fingerprintAt: number;
}

const LAYOUTS: Readonly<Record<RowFormat, Layout>> = { 1: createLayout(0, 1), 2: createLayout(ENVELOPE_BYTES, 2) };

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
  const head = encodeHead(row, fingerprint.length, dependencies.length);
  return Buffer.concat([head, fingerprint, dependencies, NO_SECTIONS, encodeValue(rest)]);
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
  return readId(bytes, LAYOUTS[checkRow(key, bytes)].idAt);
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

function createLayout(idAt: number, flagsSize: number): Layout {
  const fingerprintSizeAt = idAt + ID_BYTES + flagsSize;
  const dependenciesSizeAt = fingerprintSizeAt + 1;
  const fingerprintAt = dependenciesSizeAt + DEPENDENCIES_SIZE_BYTES;
  return { idAt, flagsAt: fingerprintSizeAt - 1, fingerprintSizeAt, dependenciesSizeAt, fingerprintAt };
}

function encodeHead(row: ChildRow, fingerprintSize: number, dependenciesSize: number): Uint8Array {
  const { dependenciesSizeAt, fingerprintAt, fingerprintSizeAt, idAt } = LAYOUTS[2];
  const head = Buffer.alloc(fingerprintAt - ENVELOPE_BYTES);
  head.writeUIntBE(row.id, idAt - ENVELOPE_BYTES, ID_BYTES);
  head.writeUInt16BE(flagsOf(row), fingerprintSizeAt - ENVELOPE_BYTES - 2);
  head.writeUInt8(fingerprintSize, fingerprintSizeAt - ENVELOPE_BYTES);
  head.writeUInt32BE(dependenciesSize, dependenciesSizeAt - ENVELOPE_BYTES);
  return head;
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

/** A stored row, decoded as far as it is read. */
class StoredRow implements ChildRow {
  readonly id: number;
  readonly memo: MemoRow | null;
  readonly #key: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #format: RowFormat;
  readonly #layout: Layout;
  #rest: Rest | undefined;

  constructor(key: Uint8Array, bytes: Uint8Array) {
    this.#format = checkRow(key, bytes);
    this.#layout = LAYOUTS[this.#format];
    this.#key = key;
    this.#bytes = bytes;
    this.id = readId(bytes, this.#layout.idAt);
    this.memo = this.#has(FLAG.hasMemo) ? new StoredMemo(this, bytes) : null;
    // A row of format 2 has a checksum.
    if (this.#format === 1 && this.dependenciesEnd > bytes.length) throw corruptRowError(key);
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

  get memoFormat(): RowFormat {
    return this.#format === 1 || this.#has(FLAG.hasMemoOfFormat1) ? 1 : 2;
  }

  get fingerprintAt(): number {
    return this.#layout.fingerprintAt;
  }

  get fingerprintEnd(): number {
    return this.#layout.fingerprintAt + this.#bytes[this.#layout.fingerprintSizeAt]!;
  }

  get dependenciesEnd(): number {
    const { dependenciesSizeAt, fingerprintAt } = this.#layout;
    let size = 0;
    for (let at = dependenciesSizeAt; at < fingerprintAt; at++) size = size * 256 + this.#bytes[at]!;
    return this.fingerprintEnd + size;
  }

  get rest(): Rest {
    this.#rest ??= guardRow(this.#key, () => this.#decodeRest());
    return this.#rest;
  }

  #decodeRest(): Rest {
    const end = this.dependenciesEnd;
    return requireRest(decodeValue(this.#bytes.subarray(this.#format === 1 ? end : sectionsEnd(this.#bytes, end))));
  }

  #has(flag: number): boolean {
    return (this.#bytes[this.#layout.flagsAt]! & flag) !== 0;
  }
}

class StoredMemo implements MemoRow {
  readonly #row: StoredRow;
  readonly #bytes: Uint8Array;

  constructor(row: StoredRow, bytes: Uint8Array) {
    this.#row = row;
    this.#bytes = bytes;
  }

  get format(): RowFormat {
    return this.#row.memoFormat;
  }

  get fingerprint(): Uint8Array {
    return this.#bytes.subarray(this.#row.fingerprintAt, this.#row.fingerprintEnd);
  }

  get dependencies(): string {
    return readDependencies(this.#bytes, this.#row.fingerprintEnd, this.#row.dependenciesEnd);
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

/** The end of the sections, whose size stands before them: seven bits a byte, the highest first, all bytes but the last with the eighth bit. */
function sectionsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  let size = 0;
  for (; bytes[at]! >= 128; at++) size = size * 128 + (bytes[at]! - 128);
  return at + 1 + size * 128 + bytes[at]!;
}

function requireRest(value: unknown): Rest {
  const [name, longPath, states, result] = value as Rest;
  const isRest =
    typeof name === "string" &&
    (longPath === null || longPath instanceof Uint8Array) &&
    Array.isArray(states) &&
    Array.isArray(result);
  if (isRest) return value as Rest;
  throw new TypeError("Cannot decode the row of a component: an item of it is of another type");
}
