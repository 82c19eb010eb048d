import { hash } from "node:crypto";
import { isMemoizable, memoKey, memoState, type Memoizable } from "./memoizable.ts";

/** The number of bytes of a fingerprint: 128 bits of SHA-256. */
export const FINGERPRINT_BYTES = 16;

/** Objects nested deeper than this are refused, which also ends cycles. */
const MAX_DEPTH = 64;

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
} as const;

/** The fingerprint of arguments, and those among them that have a memo state, in the order of their appearance. */
export interface ArgumentsFingerprint {
  readonly fingerprint: Uint8Array;
  readonly stateful: readonly Memoizable[];
}

/**
 * Fingerprints a call: `identity` names the function, `args` are compared by value.
 *
 * @throws TypeError for an argument that has no value to compare, naming it and the remedy
 */
export function fingerprintCall(identity: string, args: readonly unknown[]): ArgumentsFingerprint {
  const writer = new CanonicalWriter(identity);
  writer.write(identity, 0);
  args.forEach((argument, index) => {
    writer.argument = index;
    writer.write(argument, 0);
  });
  return { fingerprint: digest(writer.bytes()), stateful: writer.stateful };
}

/** Fingerprints one value as text of 16 characters; `what` names it in errors. */
export function fingerprintText(what: string, value: unknown): string {
  const writer = new CanonicalWriter(what);
  writer.write(value, 0);
  return digest(writer.bytes()).toString("base64url").slice(0, 16);
}

function digest(bytes: Uint8Array): Buffer {
  return hash("sha256", bytes, "buffer").subarray(0, FINGERPRINT_BYTES);
}

/** One buffer serves every call: fingerprints are made synchronously, one at a time. */
let shared = Buffer.allocUnsafe(4096);

class CanonicalWriter {
  readonly stateful: Memoizable[] = [];
  argument = 0;
  readonly #what: string;
  #length = 0;

  constructor(what: string) {
    this.#what = what;
  }

  bytes(): Uint8Array {
    return shared.subarray(0, this.#length);
  }

  write(value: unknown, depth: number): void {
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
    if (value instanceof Map) return this.#entries(TAG.map, [...value].flat(), value.size, depth);
    if (value instanceof Set) return this.#entries(TAG.set, [...value], value.size, depth);
    if (value instanceof URL) return this.#text(TAG.url, value.href);
    if (value instanceof RegExp) return this.#text(TAG.regexp, String(value));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      const name = value.constructor?.name ?? "an unknown class";
      throw this.#refuse(`an instance of ${name}; give it a \`[memoKey]()\` method, or pass data`);
    }
    this.#tag(TAG.object);
    for (const key of Object.keys(value).sort()) {
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

  #entries(tag: number, flat: readonly unknown[], size: number, depth: number): void {
    this.#number(tag, size);
    this.#sequence(TAG.array, flat, depth);
  }

  #tag(tag: number): void {
    this.#reserve(1);
    shared[this.#length++] = tag;
  }

  #number(tag: number, value: number): void {
    this.#tag(tag);
    this.#reserve(8);
    shared.writeDoubleLE(value === 0 ? 0 : value, this.#length);
    this.#length += 8;
  }

  #text(tag: number, text: string): void {
    this.#tag(tag);
    this.#reserve(4 + text.length * 3);
    const size = shared.write(text, this.#length + 4, "utf8");
    shared.writeUInt32LE(size, this.#length);
    this.#length += 4 + size;
  }

  #bytes(tag: number, bytes: Uint8Array): void {
    this.#number(tag, bytes.length);
    this.#reserve(bytes.length);
    shared.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(size: number): void {
    if (this.#length + size <= shared.length) return;
    const larger = Buffer.allocUnsafe((this.#length + size) * 2);
    shared.copy(larger, 0, 0, this.#length);
    shared = larger;
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
