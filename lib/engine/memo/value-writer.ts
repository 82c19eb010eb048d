import { hash } from "node:crypto";
import type { InternalMemoizable } from "./memoizable.ts";
import { TAG } from "./value-tags.ts";

/** The number of bytes of a digest: 128 bits of SHA-256. */
export const DIGEST_BYTES = 16;

/** Objects nested deeper than this are refused, which also ends cycles. */
const MAX_DEPTH = 64;

const MAX_SHORT_TEXT = 64;

/** The buffer of the last fingerprint, reused by the next one. A memo key that creates another fingerprint gets another buffer. */
let spare: Buffer | undefined;

/**
 * Writes values into a buffer in one of the formats of fingerprints. The bytes are taken once: with `digest` or with `take`.
 *
 * Writing throws a TypeError for a value that cannot be compared, naming it and the remedy.
 */
export abstract class ValueWriter {
  /** The written values that have a memo state, in the order of their appearance. */
  readonly stateful: InternalMemoizable[] = [];
  /** The position of the argument that is written next, or the option that is written, for errors. */
  argument: number | "deps" = 0;
  readonly #function: string;
  #buffer: Buffer = takeSpare();
  #length = 0;

  /** `functionName` names the function in errors. */
  constructor(functionName: string) {
    this.#function = functionName;
  }

  /** Writes one more value. */
  write(value: unknown, depth = 0): void {
    if (depth > MAX_DEPTH) throw this.refuse(`more than ${MAX_DEPTH} levels of nesting, or a cycle`);
    switch (typeof value) {
      case "undefined":
        return this.tag(TAG.undefined);
      case "boolean":
        return this.tag(value ? TAG.true : TAG.false);
      case "number":
        return this.writeNumber(value);
      case "bigint":
        return this.text(TAG.bigint, value.toString(36));
      case "string":
        return this.text(TAG.string, value);
      case "object":
        return value === null ? this.tag(TAG.null) : this.writeObject(value, depth + 1);
      case "function":
        return this.writeFunction(value, depth + 1);
      case "symbol":
        throw this.refuse("a symbol; pass a string");
    }
  }

  protected abstract writeNumber(value: number): void;

  protected abstract writeObject(value: object, depth: number): void;

  protected abstract writeFunction(value: object, depth: number): void;

  /** Ends the writing and returns a digest of the written bytes. */
  digest(): Uint8Array {
    const digest = hash("sha256", this.#buffer.subarray(0, this.#length), "buffer");
    spare = this.#buffer;
    return digest.subarray(0, DIGEST_BYTES);
  }

  /**
   * Ends the writing and returns `prefix` with the written bytes if these are at most `maxBytes`, else with their digest. Output of
   * exactly `DIGEST_BYTES` is hashed as well, so that it is never mistaken for a digest.
   */
  take(prefix: Uint8Array, maxBytes: number): Uint8Array {
    if (this.#length > maxBytes || this.#length === DIGEST_BYTES) return Buffer.concat([prefix, this.digest()]);
    const bytes = Buffer.allocUnsafe(prefix.length + this.#length);
    bytes.set(prefix);
    this.#buffer.copy(bytes, prefix.length, 0, this.#length);
    spare = this.#buffer;
    return bytes;
  }

  protected get length(): number {
    return this.#length;
  }

  /** Removes the bytes from `start` on and returns a copy of them. */
  protected takeBack(start: number): Uint8Array {
    const bytes = Buffer.from(this.#buffer.subarray(start, this.#length));
    this.#length = start;
    return bytes;
  }

  protected tag(tag: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = tag;
  }

  protected number(tag: number, value: number): void {
    this.tag(tag);
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  protected text(tag: number, text: string): void {
    if (!text.isWellFormed()) {
      this.tag(TAG.malformed);
      return this.bytes(tag, Buffer.from(text, "utf16le"));
    }
    this.tag(tag);
    this.#reserve(4 + text.length * 3);
    const start = this.#length + 4;
    const size = this.#ascii(text, start) ? text.length : this.#buffer.write(text, start, "utf8");
    this.#buffer.writeUInt32LE(size, this.#length);
    this.#length += 4 + size;
  }

  protected bytes(tag: number, bytes: Uint8Array): void {
    this.number(tag, bytes.length);
    this.raw(bytes);
  }

  protected raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Returns the error for a value that cannot be compared. */
  protected refuse(got: string): TypeError {
    const place = typeof this.argument === "number" ? `argument ${this.argument + 1}` : `\`${this.argument}\``;
    return new TypeError(
      `Cannot memoize \`${this.#function}\`: ${place} must be data that can be compared, got ${got}`,
    );
  }

  /** Writes a short ASCII text, which takes less time here than the call of a native function. Returns whether it was one. */
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

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe((this.#length + size) * 2);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** The class of a format's writer. */
export type WriterClass = new (functionName: string) => ValueWriter;

function takeSpare(): Buffer {
  const buffer = spare ?? Buffer.allocUnsafe(4096);
  spare = undefined;
  return buffer;
}
