import { KEY_TAGS, MAX_BIGINT_BYTES, MAX_KEY_DEPTH } from "./key-tags.ts";
import { isSymbolKey, type StableKey } from "./key.ts";

// Shared by all calls: nothing here awaits or calls foreign code, and every call starts at 0.
let scratch = new Uint8Array(4096);
let view = new DataView(scratch.buffer);
let end = 0;

/**
 * Encodes a path so that bytes sort as paths do: key by key, by type and then by value.
 *
 * The encoding is the concatenation of the encodings of the keys, and none of those is a prefix of another one: a path
 * begins with another path exactly when its bytes do. Strings sort by code point; `-0` is `0`.
 *
 * @throws `TypeError` for what is no {@link StableKey}: NaN and infinities, malformed Unicode and objects among them.
 * @throws `RangeError` for a bigint beyond 250 bytes, and for arrays nested more than 64 deep.
 */
export function encodePath(keys: readonly StableKey[]): Uint8Array {
  end = 0;
  for (let index = 0; index < keys.length; index += 1) writeKey(keys[index], 0);
  return scratch.slice(0, end);
}

/** Encodes one key; see {@link encodePath}. */
export function encodeKey(key: StableKey): Uint8Array {
  end = 0;
  writeKey(key, 0);
  return scratch.slice(0, end);
}

/** The encoding of a path, which is given encoded, with one more key. */
export function appendKey(path: Uint8Array, key: StableKey): Uint8Array {
  end = 0;
  reserve(path.length);
  scratch.set(path);
  end = path.length;
  writeKey(key, 0);
  return scratch.slice(0, end);
}

function writeKey(key: unknown, depth: number): void {
  switch (typeof key) {
    case "string":
      return writeText(KEY_TAGS.STRING, key);
    case "number":
      return writeNumber(key);
    case "bigint":
      return writeBigint(key);
    case "boolean":
      return writeTag(key ? KEY_TAGS.TRUE : KEY_TAGS.FALSE);
    case "object":
      return writeObject(key, depth);
    default:
      throw unsupportedKey(key);
  }
}

function writeObject(key: object | null, depth: number): void {
  if (key === null) writeTag(KEY_TAGS.NULL);
  else if (Array.isArray(key)) writeArray(key, depth);
  else if (key instanceof Uint8Array) writeBytes(KEY_TAGS.BYTES, key);
  else if (isSymbolKey(key)) writeText(KEY_TAGS.SYMBOL, key.symbolKey);
  else throw unsupportedKey(key);
}

function writeTag(tag: number): void {
  reserve(1);
  scratch[end++] = tag;
}

function writeText(tag: number, text: string): void {
  const { length } = text;
  reserve(length + 2);
  let position = end;
  scratch[position++] = tag;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= KEY_TAGS.ESCAPE || code > 0x7f) return writeRareText(tag, text);
    scratch[position++] = code;
  }
  scratch[position++] = KEY_TAGS.END;
  end = position;
}

function writeRareText(tag: number, text: string): void {
  if (!text.isWellFormed()) {
    throw new TypeError(`Cannot encode key: a string must be well-formed Unicode, got ${JSON.stringify(text)}`);
  }
  writeBytes(tag, Buffer.from(text));
}

function writeBytes(tag: number, bytes: Uint8Array): void {
  reserve(bytes.length * 2 + 2);
  scratch[end++] = tag;
  for (const byte of bytes) {
    if (byte <= KEY_TAGS.ESCAPE) {
      scratch[end++] = KEY_TAGS.ESCAPE;
      scratch[end++] = byte + 1;
    } else {
      scratch[end++] = byte;
    }
  }
  scratch[end++] = KEY_TAGS.END;
}

function writeNumber(key: number): void {
  if (!Number.isFinite(key)) throw new TypeError(`Cannot encode key: a number must be finite, got ${key}`);
  reserve(9);
  scratch[end++] = KEY_TAGS.NUMBER;
  view.setFloat64(end, key + 0);
  // Negative floats sort backwards as bytes, and behind the positive ones.
  if (key < 0) for (let offset = 0; offset < 8; offset += 1) scratch[end + offset]! ^= 0xff;
  else scratch[end]! ^= 0x80;
  end += 8;
}

function writeBigint(key: bigint): void {
  const isNegative = key < 0n;
  const digits = key === 0n ? "" : (isNegative ? -key : key).toString(16);
  const magnitude = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
  const { length } = magnitude;
  if (length > MAX_BIGINT_BYTES) {
    throw new RangeError(`Cannot encode key: a bigint must be at most ${MAX_BIGINT_BYTES} bytes long, got ${length}`);
  }
  reserve(length + 2);
  scratch[end++] = isNegative ? KEY_TAGS.NEGATIVE_BIGINT : KEY_TAGS.BIGINT;
  scratch[end++] = isNegative ? 0xff - length : length;
  for (const byte of magnitude) scratch[end++] = isNegative ? 0xff - byte : byte;
}

function writeArray(keys: readonly unknown[], depth: number): void {
  if (depth === MAX_KEY_DEPTH) {
    throw new RangeError(`Cannot encode key: arrays must be nested at most ${MAX_KEY_DEPTH} deep, got more`);
  }
  writeTag(KEY_TAGS.ARRAY);
  for (let index = 0; index < keys.length; index += 1) writeKey(keys[index], depth + 1);
  writeTag(KEY_TAGS.END);
}

function reserve(length: number): void {
  if (end + length <= scratch.length) return;
  const larger = new Uint8Array(Math.max(scratch.length * 2, end + length));
  larger.set(scratch.subarray(0, end));
  scratch = larger;
  view = new DataView(larger.buffer);
}

function unsupportedKey(key: unknown): TypeError {
  return new TypeError(
    `Cannot encode key: it must be a string, number, bigint, boolean, null, Uint8Array, symbol key or array of those, got ${kindOf(key)}`,
  );
}

function kindOf(key: unknown): string {
  if (typeof key === "function") return "a function";
  if (typeof key === "symbol") return "a symbol (make a symbol key with symbolKey())";
  if (typeof key !== "object" || key === null) return String(key);
  const name: unknown = key.constructor?.name;
  return name === "Object" || typeof name !== "string" || name === "" ? "a plain object" : `an instance of ${name}`;
}
