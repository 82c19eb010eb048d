import { formatOneMemoKey, isMemoizable, memoKey, memoState, type InternalMemoizable } from "./memoizable.ts";
import { TAG } from "./value-tags.ts";
import { ValueWriter } from "./value-writer.ts";

/** Writes values as Tidemark 0.1 did, whose stores hold such fingerprints. It never changes. */
export class FormatOneWriter extends ValueWriter {
  protected override writeNumber(value: number): void {
    this.number(TAG.number, value === 0 ? 0 : value);
  }

  protected override writeFunction(value: object, depth: number): void {
    if (!isMemoizable(value)) throw this.refuse("a function");
    this.write(keyOf(value), depth);
  }

  protected override writeObject(value: object, depth: number): void {
    if (isMemoizable(value)) return this.#memoizable(value, depth);
    if (Array.isArray(value)) return this.#sequence(TAG.array, value, depth);
    if (value instanceof Uint8Array) return this.bytes(TAG.bytes, value);
    if (value instanceof Date) return this.number(TAG.date, value.getTime());
    if (value instanceof Map) return this.#unordered(TAG.map, [...value], depth);
    if (value instanceof Set) {
      return this.#unordered(
        TAG.set,
        Array.from(value, (item) => [item]),
        depth,
      );
    }
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (value instanceof URL) return this.text(TAG.url, value.href);
    if (value instanceof RegExp) return this.text(TAG.regexp, String(value));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw this.refuse("an instance of a class");
    this.tag(TAG.object);
    for (const key of Object.keys(value).toSorted()) {
      this.write(key, depth);
      this.write((value as Record<string, unknown>)[key], depth);
    }
    this.tag(TAG.end);
  }

  #memoizable(value: InternalMemoizable, depth: number): void {
    this.tag(TAG.keyed);
    const isStateful = value[memoState] !== undefined;
    this.write(isStateful, depth);
    this.write(keyOf(value), depth);
    if (isStateful) this.stateful.push(value);
  }

  #sequence(tag: number, values: readonly unknown[], depth: number): void {
    this.tag(tag);
    for (const value of values) this.write(value, depth);
    this.tag(TAG.end);
  }

  /** Writes the entries in the order of their bytes: the order in which they were added did not matter. */
  #unordered(tag: number, entries: readonly (readonly unknown[])[], depth: number): void {
    this.number(tag, entries.length);
    const start = this.length;
    const firstStateful = this.stateful.length;
    const written = entries.map((entry) => {
      this.#sequence(TAG.array, entry, depth);
      return { bytes: this.takeBack(start), stateful: this.stateful.splice(firstStateful) };
    });
    for (const { bytes, stateful } of written.toSorted((one, other) => Buffer.compare(one.bytes, other.bytes))) {
      this.raw(bytes);
      this.stateful.push(...stateful);
    }
  }

  #view(view: ArrayBufferView): void {
    this.text(TAG.view, Object.prototype.toString.call(view));
    this.bytes(TAG.bytes, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
}

/** The key that 0.1 would have compared. */
function keyOf(value: InternalMemoizable): unknown {
  return value[formatOneMemoKey]?.() ?? value[memoKey]();
}
