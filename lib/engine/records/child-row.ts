import { decodeValue, encodeValue } from "../../state/codec.ts";
import type { ChildRow, MemoRow } from "./row.ts";

// The bytes of a row: the id, flags, the sizes of the two parts that follow, the memo's fingerprint, what the memo depends on, and
// the rest in the codec. Most rows are only asked whether the memo still holds, which is told by what comes first.
const ID_BYTES = 6;
const FLAGS_AT = ID_BYTES;
const FINGERPRINT_SIZE_AT = FLAGS_AT + 1;
const DEPENDENCIES_SIZE_AT = FINGERPRINT_SIZE_AT + 1;
const HEAD_BYTES = DEPENDENCIES_SIZE_AT + 4;
const FLAG = { hasChildren: 1, hasCalls: 2, hasMemo: 4, hasLongPath: 8, isMemoOfFormatTwo: 16 };

type Rest = [name: string, longPath: Uint8Array | null, states: readonly unknown[], value: readonly unknown[]];

/** Encodes the row of a component. */
export function encodeChildRow(row: ChildRow): Uint8Array {
  const { hasCalls, hasChildren, id, longPath, memo, name } = row;
  const fingerprint = memo?.fingerprint ?? NOTHING;
  const dependencies = Buffer.from(memo?.dependencies ?? "");
  const rest: Rest = [name, longPath, memo?.states ?? [], memo?.value ?? []];
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUIntBE(id, 0, ID_BYTES);
  head[FLAGS_AT] =
    (hasChildren ? FLAG.hasChildren : 0) |
    (hasCalls ? FLAG.hasCalls : 0) |
    (memo === null ? 0 : FLAG.hasMemo) |
    (longPath === null ? 0 : FLAG.hasLongPath) |
    (memo?.format === 2 ? FLAG.isMemoOfFormatTwo : 0);
  head.writeUInt8(fingerprint.length, FINGERPRINT_SIZE_AT);
  head.writeUInt32BE(dependencies.length, DEPENDENCIES_SIZE_AT);
  return Buffer.concat([head, fingerprint, dependencies, encodeValue(rest)]);
}

/** Decodes what {@link encodeChildRow} made; `bytes` are to stay as they are. */
export function decodeChildRow(bytes: Uint8Array): ChildRow {
  return new StoredRow(bytes);
}

/** The id in an encoded row, or in a key. */
export function readId(bytes: Uint8Array, offset = 0): number {
  let id = 0;
  for (let index = 0; index < ID_BYTES; index++) id = id * 256 + (bytes[offset + index] ?? 0);
  return id;
}

/** The row of a component whose memo does not hold any more. */
export function withoutMemo({ hasCalls, hasChildren, id, longPath, name }: ChildRow): ChildRow {
  return { id, name, hasChildren, hasCalls, longPath, memo: null };
}

const NOTHING = new Uint8Array();

/** A row of which only what is asked for is decoded. */
class StoredRow implements ChildRow {
  readonly id: number;
  readonly memo: MemoRow | null;
  readonly #bytes: Uint8Array;
  #rest: Rest | undefined;

  constructor(bytes: Uint8Array) {
    this.id = readId(bytes);
    this.#bytes = bytes;
    this.memo = this.#has(FLAG.hasMemo) ? new StoredMemo(this, bytes) : null;
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
    this.#rest ??= decodeValue(this.#bytes.subarray(dependenciesEnd(this.#bytes))) as Rest;
    return this.#rest;
  }

  #has(flag: number): boolean {
    return (this.#bytes[FLAGS_AT]! & flag) !== 0;
  }
}

class StoredMemo implements MemoRow {
  readonly #row: StoredRow;
  readonly #bytes: Uint8Array;

  constructor(row: StoredRow, bytes: Uint8Array) {
    this.#row = row;
    this.#bytes = bytes;
  }

  get format(): 1 | 2 {
    return (this.#bytes[FLAGS_AT]! & FLAG.isMemoOfFormatTwo) === 0 ? 1 : 2;
  }

  get fingerprint(): Uint8Array {
    return this.#bytes.subarray(HEAD_BYTES, fingerprintEnd(this.#bytes));
  }

  get dependencies(): string {
    const bytes = this.#bytes;
    return readDependencies(bytes, fingerprintEnd(bytes), dependenciesEnd(bytes));
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

function fingerprintEnd(bytes: Uint8Array): number {
  return HEAD_BYTES + bytes[FINGERPRINT_SIZE_AT]!;
}

function dependenciesEnd(bytes: Uint8Array): number {
  let size = 0;
  for (let at = DEPENDENCIES_SIZE_AT; at < HEAD_BYTES; at++) size = size * 256 + bytes[at]!;
  return fingerprintEnd(bytes) + size;
}
