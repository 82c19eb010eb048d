import { inspect, isDeepStrictEqual } from "node:util";

/** The keys of a longer array are not listed, which takes 0.1 µs for each: Node formats its other properties in 2 µs. */
const MAX_LISTED = 16;

/** A getter takes 0.02 µs to look up, half the time of writing a number. */
const MAX_LOOKED_UP = 256;

/** The keys of a longer view are not listed: of its hidden properties only those with a symbol as key are found. */
const MAX_LISTED_ELEMENTS = 64;

const BARE = {
  maxArrayLength: 0,
  depth: 0,
  showHidden: true,
  customInspect: false,
  breakLength: Infinity,
  numericSeparator: false,
} as const;

const NONE: readonly never[] = Object.freeze([]);

/** Returns the own keys of an array besides its elements and `length`. */
export function extraKeys(array: readonly unknown[]): readonly PropertyKey[] {
  const { length } = array;
  if (length > MAX_LISTED && inspect(array, BARE) === `[ ... ${length} more items, [length]: ${length} ]`) return NONE;
  const keys = Reflect.ownKeys(array);
  // Elements come first, and `length` is the first property that is not one.
  if (keys.length === length + 1 && keys[length] === "length") return NONE;
  return keys.filter((key) => key !== "length" && !isIndex(key));
}

/**
 * Whether the elements of an array are data: no accessors, and not hidden. `hasExtra` says whether it has other properties. In an array of
 * more than 256 elements an accessor is taken for the value that it gives.
 */
export function hasDataElements(array: readonly unknown[], hasExtra: boolean): boolean {
  if (array.length <= MAX_LOOKED_UP && hasAccessor(array)) return false;
  // V8 takes the values of ordinary elements without listing their keys.
  if (!hasExtra && Object.values(array).length === array.length) return true;
  return Object.getOwnPropertyNames(array)
    .filter(isIndex)
    .every((key) => isData(Object.getOwnPropertyDescriptor(array, key)!));
}

function isData(property: PropertyDescriptor): boolean {
  return "value" in property && property.enumerable === true;
}

function hasAccessor(array: readonly unknown[]): boolean {
  for (let index = 0; index < array.length; index++) {
    if (lookupGetter.call(array, index) !== undefined) return true;
    if (array[index] !== undefined) continue;
    const property = Object.getOwnPropertyDescriptor(array, index);
    if (property !== undefined && !("value" in property)) return true;
  }
  return false;
}

/** It takes a fifth of the time of a descriptor. */
const lookupGetter = Reflect.get(Object.prototype, "__lookupGetter__") as (this: object, key: PropertyKey) => unknown;

/** Returns the own elements of an array with holes from `start` on, with their positions. */
export function elementsFrom(array: readonly unknown[], start: number): readonly (readonly [number, unknown])[] {
  const indices = Object.keys(array).filter(isIndex).map(Number);
  return indices.filter((index) => index >= start).map((index) => [index, array[index]]);
}

/** Returns an own key of a typed array besides its elements. A hidden text key of a view of more than 64 elements is not found. */
export function extraViewKey(view: NodeJS.TypedArray): PropertyKey | undefined {
  const length = lengthOf(view);
  // Elements come first.
  if (length <= MAX_LISTED_ELEMENTS) return Reflect.ownKeys(view)[length];
  const [symbol] = Object.getOwnPropertySymbols(view);
  // Node compares the bytes, and lists only the properties that are no elements.
  if (symbol !== undefined || isDeepStrictEqual(view, bareCopy(view))) return symbol;
  const keys = Object.keys(view);
  return keys.length === length ? undefined : keys.find((key) => !isIndex(key));
}

/** Returns the number of elements, which an own property of the view may hide. */
function lengthOf(view: NodeJS.TypedArray): number {
  return Reflect.get(TYPED_ARRAY, "length", view) as number;
}

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** A view of the same bytes in the same class, without own properties. */
function bareCopy(view: NodeJS.TypedArray): NodeJS.TypedArray {
  const copy = view.subarray(0);
  Object.setPrototypeOf(copy, Object.getPrototypeOf(view) as object);
  return copy;
}

function isIndex(key: PropertyKey): boolean {
  if (typeof key !== "string") return false;
  const index = Number(key);
  return String(index >>> 0) === key && index < 2 ** 32 - 1;
}
