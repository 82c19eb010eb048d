import { types } from "node:util";

const { isAnyArrayBuffer, isMap, isPromise, isSet, isWeakMap, isWeakSet } = types;

/**
 * Whether an object has no content besides its properties. A function can reach such content under any prototype:
 * `Map.prototype.get.call(object)`. The content of a map, a set, bytes or a promise is searched only where `isEmpty` says that there are no
 * properties: it takes half the time of writing an object with two properties.
 */
export function isOrdinaryObject(object: object, isEmpty: boolean): boolean {
  // Of an array, a date, an error, a regular expression, `arguments` and a boxed primitive, the language tells the kind.
  return tagOf.call(object) === "[object Object]" && !(isEmpty && hasHiddenContent(object));
}

function hasHiddenContent(object: object): boolean {
  return (
    isMap(object) ||
    isSet(object) ||
    ArrayBuffer.isView(object) ||
    isPromise(object) ||
    isAnyArrayBuffer(object) ||
    isWeakMap(object) ||
    isWeakSet(object)
  );
}

const tagOf: (this: object) => string = Reflect.get(Object.prototype, "toString");
