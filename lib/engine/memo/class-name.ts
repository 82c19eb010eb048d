import { builtInClass } from "./built-in-class.ts";

/** The names that were found, by prototype. */
const found = new WeakMap<object, string>();

/**
 * Returns the name of the class of instances with this prototype: the names along the chain of classes, such as `Lower < Base`, since two
 * classes may have the same name. It is empty where the class itself has no name.
 */
export function classNameOf(prototype: object): string {
  let name = found.get(prototype);
  if (name === undefined) {
    const [own, ...bases] = [...namesFrom(prototype)];
    name = own === "" ? "" : [own, ...bases].join(" < ");
    found.set(prototype, name);
  }
  return name;
}

/** The names of the classes from `prototype` on. The last one is not `Object`, unless it is the first. */
function* namesFrom(prototype: object): Generator<string> {
  yield ownNameOf(prototype);
  let base = Object.getPrototypeOf(prototype) as object | null;
  while (base !== null && builtInClass(base) !== "Object") {
    yield ownNameOf(base);
    base = Object.getPrototypeOf(base) as object | null;
  }
}

/** An inherited constructor belongs to another class. */
function ownNameOf(prototype: object): string {
  const builder: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const name: unknown = typeof builder === "function" ? Reflect.get(builder, "name") : undefined;
  return typeof name === "string" ? name : "";
}
