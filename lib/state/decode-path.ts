import { TidemarkError } from "../errors.ts";
import { KEY_TAGS, MAX_BIGINT_BYTES, MAX_KEY_DEPTH } from "./key-tags.ts";
import { type StableKey, symbolKey } from "./key.ts";

/**
 * Decodes what `encodePath` made. Only its very output is accepted, so that one path has one encoding.
 *
 * @throws {@link TidemarkError} `STORE_CORRUPT` for any other bytes.
 */
export function decodePath(bytes: Uint8Array): StableKey[] {
  try {
    return new PathReader(bytes).readPath();
  } catch (cause) {
    const hex = Buffer.from(bytes).toString("hex");
    throw new TidemarkError(
      "STORE_CORRUPT",
      `Cannot decode path: it must be a sequence of encoded keys, got 0x${hex}`,
      {
        cause,
      },
    );
  }
}

/**
 * Decodes what `encodeKey` made.
 *
 * @throws {@link TidemarkError} `STORE_CORRUPT` for any other bytes.
 */
export function decodeKey(bytes: Uint8Array): StableKey {
  const [key, ...more] = decodePath(bytes);
  if (key === undefined || more.length > 0) {
    const numKeys = key === undefined ? 0 : more.length + 1;
    throw new TidemarkError("STORE_CORRUPT", `Cannot decode key: the bytes must be those of one key, got ${numKeys}`);
  }
  return key;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class PathReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readPath(): StableKey[] {
    const keys: StableKey[] = [];
    while (this.#position < this.#bytes.length) keys.push(this.#readKey(this.#readByte(), 0));
    return keys;
  }

  #readKey(tag: number, depth: number): StableKey {
    switch (tag) {
      case KEY_TAGS.NULL:
        return null;
      case KEY_TAGS.FALSE:
        return false;
      case KEY_TAGS.TRUE:
        return true;
      case KEY_TAGS.NUMBER:
        return this.#readNumber();
      case KEY_TAGS.NEGATIVE_BIGINT:
        return -this.#readMagnitude(0xff);
      case KEY_TAGS.BIGINT:
        return this.#readMagnitude(0x00);
      case KEY_TAGS.STRING:
        return utf8.decode(this.#readEscaped());
      case KEY_TAGS.BYTES:
        return this.#readEscaped();
      case KEY_TAGS.ARRAY:
        return this.#readArray(depth);
      case KEY_TAGS.SYMBOL:
        return symbolKey(utf8.decode(this.#readEscaped()));
      default:
        throw new RangeError(`No key begins with the byte ${tag}`);
    }
  }

  #readNumber(): number {
    const raw = Uint8Array.from(this.#take(8));
    if (raw[0]! < 0x80) for (let offset = 0; offset < 8; offset += 1) raw[offset]! ^= 0xff;
    else raw[0]! ^= 0x80;
    const number = new DataView(raw.buffer).getFloat64(0);
    if (!Number.isFinite(number) || Object.is(number, -0)) throw new RangeError(`No key is the number ${number}`);
    return number;
  }

  #readMagnitude(mask: 0x00 | 0xff): bigint {
    const length = this.#readByte() ^ mask;
    if (length > MAX_BIGINT_BYTES) throw new RangeError(`No bigint is ${length} bytes long`);
    if (length === 0 && mask === 0) return 0n;
    const magnitude = Buffer.from(this.#take(length)).map((byte) => byte ^ mask);
    if (!magnitude[0]) throw new RangeError("No bigint begins with a zero byte");
    return BigInt(`0x${Buffer.from(magnitude).toString("hex")}`);
  }

  #readEscaped(): Uint8Array {
    const decoded: number[] = [];
    for (let byte = this.#readByte(); byte !== KEY_TAGS.END; byte = this.#readByte()) {
      if (byte !== KEY_TAGS.ESCAPE) {
        decoded.push(byte);
        continue;
      }
      const escaped = this.#readByte() - 1;
      if (escaped !== KEY_TAGS.END && escaped !== KEY_TAGS.ESCAPE) throw new RangeError(`No escape is ${escaped + 1}`);
      decoded.push(escaped);
    }
    return Uint8Array.from(decoded);
  }

  #readArray(depth: number): StableKey[] {
    if (depth === MAX_KEY_DEPTH) throw new RangeError(`No key is nested more than ${MAX_KEY_DEPTH} deep`);
    const keys: StableKey[] = [];
    for (let tag = this.#readByte(); tag !== KEY_TAGS.END; tag = this.#readByte()) {
      keys.push(this.#readKey(tag, depth + 1));
    }
    return keys;
  }

  #readByte(): number {
    return this.#take(1)[0]!;
  }

  #take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#position, this.#position + length);
    if (taken.length < length) throw new RangeError("The bytes end inside a key");
    this.#position += length;
    return taken;
  }
}
