import { TYPED_ARRAYS } from "./plain-data.ts";

// In a tagged value every array begins with one of these, which says what its other items mean. The numbers are stored.
const MINUS_ZERO = 0;
const ARRAY = 1;
const RECORD = 2;
const NULL_RECORD = 3;
const DATE = 4;
const MAP = 5;
const SET = 6;
const TYPED_ARRAY = 7;
const BUFFER = 8;
const BIGINT = 9;
const UTF16 = 10;
const SHARED = 11;
const REFERENCE = 12;

type Tagged = readonly [tag: number, ...rest: unknown[]];

/** Turns plain data that msgpack cannot hold exactly into data that it can; {@link fromTagged} reverses it. */
export function toTagged(value: unknown, shared: ReadonlySet<object>): unknown {
  const numbers = new Map<object, number>();
  return tagValue(value);

  function tagValue(item: unknown): unknown {
    if (typeof item === "string") return item.isWellFormed() ? item : [UTF16, utf16(item)];
    if (typeof item === "bigint") return BigInt.asIntN(64, item) === item ? item : [BIGINT, item.toString(16)];
    if (typeof item !== "object" || item === null) return Object.is(item, -0) ? [MINUS_ZERO] : item;
    const number = numbers.get(item);
    if (number !== undefined) return [REFERENCE, number];
    if (!shared.has(item)) return tagObject(item);
    // Numbered when its tagging is done, since reading it back ends in that order too.
    const tagged = [SHARED, tagObject(item)];
    numbers.set(item, numbers.size);
    return tagged;
  }

  function tagObject(item: object): unknown {
    if (Array.isArray(item)) return [ARRAY, ...item.map(tagValue)];
    if (ArrayBuffer.isView(item)) return tagBytes(item);
    if (item instanceof Date) return [DATE, item.getTime()];
    if (item instanceof Map) return [MAP, ...[...item].flatMap(([key, entry]) => [tagValue(key), tagValue(entry)])];
    if (item instanceof Set) return [SET, ...[...item].map(tagValue)];
    const entries = Object.entries(item).flatMap(([key, entry]) => [tagValue(key), tagValue(entry)]);
    return [Object.getPrototypeOf(item) === null ? NULL_RECORD : RECORD, ...entries];
  }
}

function tagBytes(view: ArrayBufferView): unknown {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (Buffer.isBuffer(view)) return [BUFFER, bytes];
  const kind = TYPED_ARRAYS.findIndex((constructor) => view instanceof constructor);
  return kind === -1 ? view : [TYPED_ARRAY, kind, bytes];
}

function utf16(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "utf16le"));
}

/**
 * Turns what {@link toTagged} made back into the value.
 *
 * @throws `RangeError` for anything else.
 */
export function fromTagged(tagged: unknown): unknown {
  const shared: unknown[] = [];
  return untag(tagged);

  function untag(item: unknown): unknown {
    if (!Array.isArray(item)) return item;
    const [tag, ...rest] = item as unknown as Tagged;
    switch (tag) {
      case MINUS_ZERO:
        return -0;
      case ARRAY:
        return rest.map(untag);
      case RECORD:
        return untagRecord({}, rest);
      case NULL_RECORD:
        return untagRecord(Object.create(null) as object, rest);
      case MAP:
        return new Map(pairs(rest.map(untag)));
      case SET:
        return new Set(rest.map(untag));
      case SHARED:
        return shared[shared.push(untag(rest[0])) - 1];
      case REFERENCE:
        if (!((rest[0] as number) in shared)) {
          throw new RangeError(`No shared object has the number ${String(rest[0])}`);
        }
        return shared[rest[0] as number];
      default:
        return untagLeaf(tag, rest);
    }
  }

  function untagRecord(record: object, rest: readonly unknown[]): object {
    for (const [key, value] of pairs(rest.map(untag))) {
      // An assignment to `__proto__` would set the prototype.
      Object.defineProperty(record, key as string, { value, configurable: true, enumerable: true, writable: true });
    }
    return record;
  }
}

function untagLeaf(tag: unknown, [first, second]: readonly unknown[]): unknown {
  switch (tag) {
    case DATE:
      return new Date(first as number);
    case TYPED_ARRAY:
      return untagTypedArray(first as number, second as Uint8Array);
    case BUFFER:
      return Buffer.from(first as Uint8Array);
    case BIGINT:
      return bigintFromHex(first as string);
    case UTF16:
      return Buffer.from(first as Uint8Array).toString("utf16le");
    default:
      throw new RangeError(`No tag is ${String(tag)}`);
  }
}

function untagTypedArray(kind: number, bytes: Uint8Array): ArrayBufferView {
  const constructor = TYPED_ARRAYS[kind];
  if (!constructor) throw new RangeError(`No kind of typed array is ${kind}`);
  return new constructor(Uint8Array.from(bytes).buffer);
}

function bigintFromHex(hex: string): bigint {
  return hex.startsWith("-") ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
}

function pairs(items: readonly unknown[]): [unknown, unknown][] {
  const result: [unknown, unknown][] = [];
  for (let index = 0; index < items.length; index += 2) result.push([items[index], items[index + 1]]);
  return result;
}
