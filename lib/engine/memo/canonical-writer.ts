import { types } from "node:util";
import { silencePromises } from "../../options/silence-promises.ts";
import { builtInClass } from "./built-in-class.ts";
import { classNameOf } from "./class-name.ts";
import { isMemoizable, hasNamedKey, memoKey, memoState, type InternalMemoizable } from "./memoizable.ts";
import { elementsFrom, extraKeys, extraViewKey, hasDataElements } from "./own-properties.ts";
import { isOrdinaryObject } from "./ordinary-object.ts";
import { TAG } from "./value-tags.ts";
import { ValueWriter } from "./value-writer.ts";
import { readView } from "./view-bytes.ts";

/**
 * Writes values in the current format: the same bytes for equal values and for no others.
 *
 * Equal means that a function cannot tell the values apart, with these exceptions: whether two parts of a value are the same object,
 * whether an object is frozen, the realm of an object, and the buffer around the bytes of a view.
 */
export class CanonicalWriter extends ValueWriter {
  protected override writeNumber(value: number): void {
    // The bits of NaN depend on how it was computed.
    if (Number.isNaN(value)) this.tag(TAG.nan);
    else this.number(TAG.number, value);
  }

  protected override writeFunction(value: object, depth: number): void {
    if (!isMemoizable(value)) throw this.refuse("a function; wrap it in `fn`, or pass data");
    this.#memoizable(TAG.keyedFunction, nameOf(value as Named), value, depth);
  }

  protected override writeObject(value: object, depth: number): void {
    if (isMemoizable(value)) return this.#instance(value, depth);
    if (types.isProxy(value)) throw this.refuse("a proxy; pass the object behind it, or data");
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === null) return this.#record(TAG.bareObject, value, depth);
    if (prototype === Object.prototype) return this.#record(TAG.object, value, depth);
    if (prototype === Array.prototype && Array.isArray(value)) return this.#array(value, depth);
    return this.#builtIn(builtInClass(prototype), value, depth);
  }

  #builtIn(name: string, value: object, depth: number): void {
    if (Array.isArray(value) && name === "Array") return this.#array(value, depth);
    if (ArrayBuffer.isView(value)) return this.#view(name, value);
    if (name === "Object") return this.#record(TAG.object, value, depth);
    if (types.isDate(value) && name === "Date") return this.#date(value);
    if (types.isMap(value) && name === "Map") return this.#map(value, depth);
    if (types.isSet(value) && name === "Set") return this.#set(value, depth);
    if (types.isRegExp(value) && name === "RegExp") return this.#regexp(value, depth);
    if (name === "URL" && value instanceof URL) return this.#url(value);
    if (types.isPromise(value)) {
      silencePromises(value);
      throw this.refuse("a promise; await it first");
    }
    throw this.#refuseClass(value);
  }

  /** Writes an object by its class and its key. */
  #instance(value: InternalMemoizable, depth: number): void {
    const hasOwnName = constructorOf(value)?.[hasNamedKey] === true;
    this.#memoizable(TAG.keyed, hasOwnName ? undefined : this.#classOf(value), value, depth);
  }

  #classOf(value: object): string {
    const prototype = Object.getPrototypeOf(value) as object | null;
    const name = prototype === null ? "" : classNameOf(prototype);
    if (prototype === null || name !== "") return name;
    throw this.refuse("a value with `[memoKey]` whose class has no name, or no `constructor`; name the class");
  }

  /** Writes a value by its key. `name` is that of its class or function; `undefined` where the key has a name of its own. */
  #memoizable(tag: number, name: string | undefined, value: InternalMemoizable, depth: number): void {
    const hasOwnName = name === undefined;
    if (hasOwnName) this.tag(TAG.named);
    else this.text(tag, name);
    // Whether there is a state is part of the key, so that adding or removing the method invalidates.
    const isStateful = value[memoState] !== undefined;
    this.#requireMethods(value, isStateful);
    this.tag(isStateful ? TAG.true : TAG.false);
    const key = value[memoKey]();
    if (hasOwnName && Array.isArray(key)) this.#elements(key, depth);
    else this.write(key, depth);
    if (isStateful) this.stateful.push(value);
  }

  #requireMethods(value: InternalMemoizable, isStateful: boolean): void {
    if (typeof value[memoKey] !== "function") throw this.refuse("a value whose `[memoKey]` is no method");
    if (isStateful && typeof value[memoState] !== "function") {
      throw this.refuse("a value whose `[memoState]` is no method");
    }
  }

  #record(tag: number, record: object, depth: number): void {
    this.tag(tag);
    // Two lists take a third of the time of `Reflect.ownKeys`.
    const names = Object.getOwnPropertyNames(record);
    this.#properties(record, names, depth);
    this.#properties(record, Object.getOwnPropertySymbols(record), depth);
    if (!isOrdinaryObject(record, names.length === 0)) {
      throw this.refuse("an object whose prototype was changed to that of plain objects; pass data");
    }
    this.tag(TAG.end);
  }

  #array(array: readonly unknown[], depth: number): void {
    const extra = extraKeys(array);
    if (!hasDataElements(array, extra.length > 0)) {
      throw this.refuse("an array with an element that is an accessor or hidden; pass its value");
    }
    if (extra.length === 0) return this.#elements(array, depth);
    this.tag(TAG.properties);
    this.#properties(array, extra, depth);
    this.#elements(array, depth);
  }

  #elements(array: readonly unknown[], depth: number): void {
    this.tag(TAG.array);
    for (let index = 0; index < array.length; index++) {
      const item = array[index];
      if (item === undefined && !Object.hasOwn(array, index)) {
        this.#sparse(array, index, depth);
        break;
      }
      this.write(item, depth);
    }
    this.tag(TAG.end);
  }

  /** Writes the rest of an array with holes. */
  #sparse(array: readonly unknown[], start: number, depth: number): void {
    this.number(TAG.sparse, array.length);
    for (const [index, item] of elementsFrom(array, start)) {
      this.number(TAG.number, index);
      this.write(item, depth);
    }
  }

  #properties(owner: object, keys: readonly PropertyKey[], depth: number): void {
    for (const key of keys) {
      const property = Object.getOwnPropertyDescriptor(owner, key)!;
      if (typeof key === "symbol") throw this.refuse(`an object with the symbol key ${String(key)}; use a string`);
      if (!("value" in property)) throw this.refuse(`an object with the accessor \`${String(key)}\`; pass its value`);
      if (property.enumerable !== true) throw this.refuse(`an object with the hidden property \`${String(key)}\``);
      this.text(TAG.string, String(key));
      this.write(property.value, depth);
    }
  }

  #date(date: Date): void {
    this.#requireBare(date, "Date");
    const time = Date.prototype.getTime.call(date);
    if (Number.isNaN(time)) this.tag(TAG.invalidDate);
    else this.number(TAG.date, time);
  }

  #map(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.#requireBare(map, "Map");
    this.number(TAG.map, map.size);
    for (const [key, item] of map) {
      this.write(key, depth);
      this.write(item, depth);
    }
  }

  #set(set: ReadonlySet<unknown>, depth: number): void {
    this.#requireBare(set, "Set");
    this.number(TAG.set, set.size);
    for (const item of set) this.write(item, depth);
  }

  #regexp(regexp: RegExp, depth: number): void {
    this.#requireBare(regexp, "RegExp", "lastIndex");
    this.text(TAG.regexp, regexp.source);
    this.text(TAG.string, regexp.flags);
    this.write(regexp.lastIndex, depth);
  }

  #url(url: URL): void {
    this.#requireBare(url, "URL");
    this.text(TAG.url, url.href);
  }

  #view(name: string, view: ArrayBufferView): void {
    const { bytes, fault, kind } = readView(view);
    if (fault !== undefined) throw this.refuse(`a ${kind} ${fault}; pass a copy of its bytes`);
    if (name !== kind && !(name === "Buffer" && kind === "Uint8Array")) throw this.#refuseClass(view);
    const extra = types.isTypedArray(view) ? extraViewKey(view) : Reflect.ownKeys(view)[0];
    if (extra !== undefined) throw this.#refuseProperty(name, extra);
    if (name === "Uint8Array") return this.bytes(TAG.bytes, bytes);
    if (name === "Buffer") return this.bytes(TAG.buffer, bytes);
    this.text(TAG.view, name);
    this.bytes(TAG.bytes, bytes);
  }

  #requireBare(value: object, name: string, expected?: string): void {
    const extra = Reflect.ownKeys(value).find((key) => key !== expected);
    if (extra !== undefined) throw this.#refuseProperty(name, extra);
  }

  #refuseProperty(name: string, key: PropertyKey): TypeError {
    return this.refuse(`a ${name} with the own property \`${String(key)}\`; pass it beside the ${name}`);
  }

  #refuseClass(value: object): TypeError {
    const name = nameOf(constructorOf(value)) || "an unknown class";
    return this.refuse(`an instance of ${name}; give it a \`[memoKey]()\` method, or pass data`);
  }
}

/** A class or a function. */
interface Named {
  readonly name?: unknown;
  readonly [hasNamedKey]?: boolean;
}

function constructorOf(value: object): Named | undefined {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: unknown } | null;
  const builder = prototype?.constructor;
  return typeof builder === "function" ? builder : undefined;
}

function nameOf(named: Named | undefined): string {
  return typeof named?.name === "string" ? named.name : "";
}
