import { hash } from "node:crypto";
import { isMemoizable, memoKey, memoState, type Memoizable } from "./memoizable.ts";

/** The number of bytes of a digest: 128 bits of SHA-256. */
export const DIGEST_BYTES = 16;

/** Objects nested deeper than this are refused, which also ends cycles. */
const MAX_DEPTH = 64;

const MAX_SHORT_TEXT = 64;

const TAG = {
  undefined: 1,
  null: 2,
  false: 3,
  true: 4,
  number: 5,
  bigint: 6,
  string: 7,
  bytes: 8,
  date: 9,
  array: 10,
  object: 11,
  map: 12,
  set: 13,
  keyed: 14,
  end: 15,
  url: 16,
  regexp: 17,
  malformed: 18,
  view: 19,
} as const;

/** The buffer of the last fingerprint, for the next one; a fingerprint made inside another, by a memo key, gets its own. */
let spare: Buffer | undefined;

/**
 * Writes values in a form that is the same for equal values and no others. What it has written is taken once: with `digest` or
 * with `take`.
 *
 * Writing throws a TypeError for what has no value to compare, naming it and the remedy.
 */
export class CanonicalWriter {
  /** What was written that has a memo state, in the order of its appearance. */
  readonly stateful: Memoizable[] = [];
  /** The place of the argument that is written next, for errors. */
  argument = 0;
  readonly #what: string;
  #buffer: Buffer = takeSpare();
  #length = 0;

  constructor(what: string) {
    this.#what = what;
  }

  /** Ends the writing; gives a digest of what was written. */
  digest(): Uint8Array {
    const digest = hash("sha256", this.#buffer.subarray(0, this.#length), "buffer");
    spare = this.#buffer;
    return digest.subarray(0, DIGEST_BYTES);
  }

  /** Ends the writing; gives `prefix` with what was written if it is that short, else with its digest. What has the length of a digest is one. */
  take(prefix: Uint8Array, maxBytes: number): Uint8Array {
    if (this.#length > maxBytes || this.#length === DIGEST_BYTES) return Buffer.concat([prefix, this.digest()]);
    const bytes = Buffer.allocUnsafe(prefix.length + this.#length);
    bytes.set(prefix);
    this.#buffer.copy(bytes, prefix.length, 0, this.#length);
    spare = this.#buffer;
    return bytes;
  }

  /** Writes one more value. */
  write(value: unknown, depth = 0): void {
    if (depth > MAX_DEPTH) throw this.#refuse(`more than ${MAX_DEPTH} levels of nesting, or a cycle`);
    switch (typeof value) {
      case "undefined":
        return this.#tag(TAG.undefined);
      case "boolean":
        return this.#tag(value ? TAG.true : TAG.false);
      case "number":
        return this.#number(TAG.number, value);
      case "bigint":
        return this.#text(TAG.bigint, value.toString(36));
      case "string":
        return this.#text(TAG.string, value);
      case "function":
        if (isFunctionWithMemoKey(value)) return this.write(value[memoKey](), depth + 1);
        throw this.#refuse("a function; wrap it in `fn`, or pass data");
      case "symbol":
        throw this.#refuse("a symbol");
      case "object":
        return value === null ? this.#tag(TAG.null) : this.#object(value, depth + 1);
    }
  }

  #object(value: object, depth: number): void {
    if (isMemoizable(value)) return this.#memoizable(value, depth);
    if (Array.isArray(value)) return this.#sequence(TAG.array, value, depth);
    if (value instanceof Uint8Array) return this.#bytes(TAG.bytes, value);
    if (value instanceof Date) return this.#number(TAG.date, value.getTime());
    if (value instanceof Map) return this.#unordered(TAG.map, [...value], depth);
    if (value instanceof Set) {
      return this.#unordered(
        TAG.set,
        Array.from(value, (item) => [item]),
        depth,
      );
    }
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (value instanceof URL) return this.#text(TAG.url, value.href);
    if (value instanceof RegExp) return this.#text(TAG.regexp, String(value));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      if (value instanceof Promise) throw this.#refuse("an instance of Promise; await it first");
      const name = value.constructor?.name ?? "an unknown class";
      throw this.#refuse(`an instance of ${name}; give it a \`[memoKey]()\` method, or pass data`);
    }
    this.#tag(TAG.object);
    for (const key of Object.keys(value).toSorted()) {
      this.write(key, depth);
      this.write((value as Record<string, unknown>)[key], depth);
    }
    this.#tag(TAG.end);
  }

  #memoizable(value: Memoizable, depth: number): void {
    this.#tag(TAG.keyed);
    // Whether there is a state is part of the key, so that adding or removing the method invalidates.
    const isStateful = value[memoState] !== undefined;
    this.write(isStateful, depth);
    this.write(value[memoKey](), depth);
    if (isStateful) this.stateful.push(value);
  }

  #sequence(tag: number, values: readonly unknown[], depth: number): void {
    this.#tag(tag);
    for (const value of values) this.write(value, depth);
    this.#tag(TAG.end);
  }

  /** Writes the entries in the order of their bytes, so that the order in which they were added does not matter. */
  #unordered(tag: number, entries: readonly (readonly unknown[])[], depth: number): void {
    this.#number(tag, entries.length);
    const start = this.#length;
    const firstStateful = this.stateful.length;
    const written = entries.map((entry) => {
      this.#sequence(TAG.array, entry, depth);
      const bytes = Buffer.from(this.#buffer.subarray(start, this.#length));
      this.#length = start;
      return { bytes, stateful: this.stateful.splice(firstStateful) };
    });
    for (const { bytes, stateful } of written.toSorted((one, other) => Buffer.compare(one.bytes, other.bytes))) {
      this.#raw(bytes);
      this.stateful.push(...stateful);
    }
  }

  #tag(tag: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = tag;
  }

  #number(tag: number, value: number): void {
    this.#tag(tag);
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value === 0 ? 0 : value, this.#length);
  }

  #text(tag: number, text: string): void {
    // UTF-8 has one replacement for all lone surrogates.
    if (!text.isWellFormed()) {
      this.#tag(TAG.malformed);
      return this.#bytes(tag, Buffer.from(text, "utf16le"));
    }
    this.#tag(tag);
    this.#reserve(4 + text.length * 3);
    const start = this.#length + 4;
    const size = this.#ascii(text, start) ? text.length : this.#buffer.write(text, start, "utf8");
    this.#buffer.writeUInt32LE(size, this.#length);
    this.#length += 4 + size;
  }

  /** Writes a short text as long as it is ASCII, which takes less time here than the call of a native function; tells whether it was. */
  #ascii(text: string, start: number): boolean {
    if (text.length > MAX_SHORT_TEXT) return false;
    const buffer = this.#buffer;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[start + index] = code;
    }
    return true;
  }

  #view(view: ArrayBufferView): void {
    this.#text(TAG.view, Object.prototype.toString.call(view));
    this.#bytes(TAG.bytes, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  #bytes(tag: number, bytes: Uint8Array): void {
    this.#number(tag, bytes.length);
    this.#raw(bytes);
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe((this.#length + size) * 2);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  #refuse(got: string): TypeError {
    return new TypeError(
      `Cannot memoize \`${this.#what}\`: argument ${this.argument + 1} must be data that can be compared, got ${got}`,
    );
  }
}

function isFunctionWithMemoKey(value: object): value is { [memoKey](): unknown } {
  return memoKey in value;
}

function takeSpare(): Buffer {
  const buffer = spare ?? Buffer.allocUnsafe(4096);
  spare = undefined;
  return buffer;
}
