import { isDate, isMap, isSet } from "node:util/types";

/**
 * How a value can be written as msgpack without loss: as it is (`"direct"`, its byte strings being plain ones),
 * as it is with all byte strings being Buffers (`"buffers"`), or only with tags that say what is meant (`"tagged"`).
 */
export type DataForm = "direct" | "buffers" | "tagged";

/** What {@link surveyData} found out about a value. */
export interface DataSurvey {
  /** What in the value is not plain data, and where; `undefined` when all of it is. */
  readonly fault: string | undefined;
  readonly form: DataForm;
  /** The objects that occur more than once. */
  readonly shared: ReadonlySet<object>;
}

/** The constructor of a kind of typed array. */
export type TypedArrayClass = new (buffer: ArrayBuffer) => ArrayBufferView;

/** The kinds of typed array that can be stored, besides `Uint8Array`; their places in this list are stored. */
export const TYPED_ARRAYS: readonly TypedArrayClass[] = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

const MAX_DEPTH = 500;
/** The most text and bytes of a value. A character takes up to three bytes: msgpackr and LMDB take at least 2 GB. */
const MAX_SIZE = 512 * 1024 * 1024;
/** The most objects that are looked up one after the other. */
const MAX_FEW = 16;
const NO_OBJECTS: ReadonlySet<object> = new Set();
const TYPED_PROTOTYPES: ReadonlySet<object> = new Set(
  TYPED_ARRAYS.map((constructor) => constructor.prototype as object),
);

/**
 * Looks through a value for what cannot be stored, and for how what can be is stored.
 *
 * `isStrict` also finds accessors and the named properties of arrays, at about the price of the encoding itself;
 * without it, accessors count as the values they give, and named properties of arrays do not count.
 */
export function surveyData(value: unknown, options: { readonly isStrict: boolean }): DataSurvey {
  const walk = new Walk(options.isStrict);
  const fault = walk.visit(value, 0) ?? walk.sizeFault;
  return {
    fault: fault && `${fault.what}${fault.place === "" ? "" : ` at ${fault.place}`}`,
    form: walk.form,
    shared: walk.shared ?? NO_OBJECTS,
  };
}

interface Fault {
  readonly what: string;
  readonly place: string;
}

class Walk {
  shared: Set<object> | undefined;
  #isDirect = true;
  #hasBytes = false;
  #hasBuffers = false;
  #size = 0;
  readonly #isStrict: boolean;
  readonly #met = new MetObjects();
  /** The objects that the walk is inside of. */
  readonly #around: object[] = [];

  constructor(isStrict: boolean) {
    this.#isStrict = isStrict;
  }

  get form(): DataForm {
    if (!this.#isDirect || (this.#hasBytes && this.#hasBuffers)) return "tagged";
    return this.#hasBuffers ? "buffers" : "direct";
  }

  /** The fault of too much text and bytes in all that was visited. */
  get sizeFault(): Fault | undefined {
    return this.#size > MAX_SIZE ? { what: "more than 512 MiB of text and bytes", place: "" } : undefined;
  }

  visit(value: unknown, depth: number): Fault | undefined {
    switch (typeof value) {
      case "string":
        if (!value.isWellFormed()) this.#isDirect = false;
        this.#size += value.length;
        return undefined;
      case "number":
        if (Object.is(value, -0)) this.#isDirect = false;
        return undefined;
      case "bigint":
        if (BigInt.asIntN(64, value) !== value) this.#isDirect = false;
        return undefined;
      case "object":
        return value === null ? undefined : this.#visitOnce(value, depth);
      case "function":
        return { what: value.name === "" ? "a function" : `the function ${value.name}`, place: "" };
      case "symbol":
        return { what: "a symbol", place: "" };
      default:
        return undefined;
    }
  }

  #visitOnce(value: object, depth: number): Fault | undefined {
    if (this.#met.has(value)) {
      if (this.#around.includes(value)) return { what: "a reference to what it is part of", place: "" };
      this.#isDirect = false;
      (this.shared ??= new Set()).add(value);
      return undefined;
    }
    if (depth > MAX_DEPTH) return { what: `something nested more than ${MAX_DEPTH} deep`, place: "" };
    this.#met.add(value);
    this.#around.push(value);
    const fault = this.#visitObject(value, depth);
    this.#around.pop();
    return fault;
  }

  #visitObject(value: object, depth: number): Fault | undefined {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return this.#visitRecord(value as Record<string, unknown>, depth);
    if (prototype === Array.prototype && Array.isArray(value)) return this.#visitArray(value, depth);
    if (ArrayBuffer.isView(value)) return this.#visitBytes(value, prototype);
    this.#isDirect = false;
    if (prototype === null) return this.#visitRecord(value as Record<string, unknown>, depth);
    if (prototype === Map.prototype && isMap(value)) return this.#visitMap(value, depth);
    if (prototype === Set.prototype && isSet(value)) return this.#visitSet(value, depth);
    if (prototype === Date.prototype && isDate(value)) return hiddenPart(value);
    return { what: `an instance of ${className(prototype)}`, place: "" };
  }

  #visitBytes({ byteLength }: ArrayBufferView, prototype: unknown): Fault | undefined {
    this.#size += byteLength;
    if (prototype === Uint8Array.prototype) this.#hasBytes = true;
    else if (prototype === Buffer.prototype) this.#hasBuffers = true;
    else if (TYPED_PROTOTYPES.has(prototype as object)) this.#isDirect = false;
    else return { what: `an instance of ${className(prototype)}`, place: "" };
    return undefined;
  }

  #visitRecord(record: Record<string, unknown>, depth: number): Fault | undefined {
    const keys = Object.keys(record);
    const hidden = hiddenPart(record, keys.length, (name) => keys.includes(name));
    if (hidden) return hidden;
    for (const key of keys) {
      if (!isOrdinaryKey(key)) this.#isDirect = false;
      if (this.#isStrict && !("value" in Object.getOwnPropertyDescriptor(record, key)!)) {
        return { what: "an accessor", place: member(key) };
      }
      const fault = this.visit(record[key], depth + 1);
      if (fault) return { what: fault.what, place: member(key) + fault.place };
    }
    return undefined;
  }

  #visitArray(items: readonly unknown[], depth: number): Fault | undefined {
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      const fault =
        item === undefined && !Object.hasOwn(items, index)
          ? { what: "an empty slot", place: "" }
          : this.visit(item, depth + 1);
      if (fault) return { what: fault.what, place: `[${index}]${fault.place}` };
    }
    return this.#isStrict ? hiddenPart(items, items.length + 1, isPartOfArray) : undefined;
  }

  #visitMap(map: ReadonlyMap<unknown, unknown>, depth: number): Fault | undefined {
    let index = 0;
    for (const [key, value] of map) {
      const fault = this.visit(key, depth + 1);
      if (fault) return { what: fault.what, place: `<key ${index}>${fault.place}` };
      const valueFault = this.visit(value, depth + 1);
      if (valueFault) return { what: valueFault.what, place: `<value ${index}>${valueFault.place}` };
      index += 1;
    }
    return hiddenPart(map);
  }

  #visitSet(set: ReadonlySet<unknown>, depth: number): Fault | undefined {
    let index = 0;
    for (const item of set) {
      const fault = this.visit(item, depth + 1);
      if (fault) return { what: fault.what, place: `<item ${index}>${fault.place}` };
      index += 1;
    }
    return hiddenPart(set);
  }
}

/** A set of objects. A few of them are found faster in an array, and most values have no more. */
class MetObjects {
  readonly #few: object[] = [];
  #many: Set<object> | undefined;

  has(value: object): boolean {
    return this.#many?.has(value) ?? this.#few.includes(value);
  }

  add(value: object): void {
    if (this.#many !== undefined) this.#many.add(value);
    else if (this.#few.push(value) > MAX_FEW) this.#many = new Set(this.#few);
  }
}

/** The keys that msgpackr gives back as they were; it renames `__proto__` and looks at `constructor`. */
function isOrdinaryKey(key: string): boolean {
  return key !== "__proto__" && key !== "constructor" && key.isWellFormed();
}

/** The fault of an object with own properties other than `numExpected` ones that `isExpected` tells. */
function hiddenPart(value: object, numExpected = 0, isExpected?: (name: string) => boolean): Fault | undefined {
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol) return { what: "a symbol property", place: `[${String(symbol)}]` };
  const names = Object.getOwnPropertyNames(value);
  if (names.length === numExpected) return undefined;
  const name = names.find((each) => !isExpected?.(each)) ?? "";
  return { what: "a property that would be lost", place: member(name) };
}

function isPartOfArray(name: string): boolean {
  return name === "length" || /^\d+$/.test(name);
}

function member(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function className(prototype: unknown): string {
  const name: unknown = (prototype as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? name : "an unnamed class";
}
