import { isProxy } from "node:util/types";

/** The names of frequent classes, and of classes that Node defines in JavaScript, by their prototypes. */
const local = new Map<object, string>(
  [Object, Array, Map, Set, Date, RegExp, DataView, URL, Uint8Array, Buffer].map((builtIn) => [
    builtIn.prototype as object,
    builtIn.name,
  ]),
);

/** The names that were found, for prototypes of this realm and others, such as the contexts of `node:vm`. */
const found = new WeakMap<object, string>();

const NATIVE_CLASS = /^function (\w+)\(\) \{ \[native code\] \}$/;

/**
 * Returns the name of the class of the language whose prototype this is, in this realm or another: `""` for a prototype of any other
 * class.
 */
export function builtInClass(prototype: object): string {
  const name = local.get(prototype) ?? found.get(prototype);
  if (name !== undefined) return name;
  const foundName = findName(prototype);
  found.set(prototype, foundName);
  return foundName;
}

function findName(prototype: object): string {
  if (isProxy(prototype)) return "";
  const builtIn: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof builtIn !== "function" || isProxy(builtIn) || builtIn.prototype !== prototype) return "";
  return NATIVE_CLASS.exec(Function.prototype.toString.call(builtIn))?.[1] ?? "";
}
