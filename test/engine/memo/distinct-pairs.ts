import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { memoKey } from "../../../lib/index.ts";

/** Two values that a function can tell apart. */
export type Pair = readonly [one: unknown, other: unknown];

const text = fc.string({ minLength: 1, maxLength: 5 });
const int = fc.integer({ min: -100, max: 100 });
const ints = fc.array(int, { minLength: 1, maxLength: 40 });
const entries = fc.uniqueArray(fc.tuple(text, int), { minLength: 2, maxLength: 5, selector: ([key]) => key });

class Tagged<T> extends Map<string, T> {
  readonly zone: string;
  constructor(zone: string) {
    super();
    this.zone = zone;
  }
}
class ZonedDate extends Date {
  zone = "UTC";
}
class List extends Array<unknown> {
  label = "";
}
class Group extends Set<unknown> {}
class Bytes extends Uint8Array {}
class Pattern extends RegExp {}
class Address extends URL {}
class User {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  [memoKey](): unknown {
    return this.id;
  }
}
class Order extends User {}
class Plain {
  a = 1;
}
class Drawn extends User {
  render(): string {
    return "drawn";
  }
}

/** Instances of two classes of the same name, or without one. */
function namesakes(make: (base: typeof User) => typeof User): Pair {
  return [new (make(User))(1), new (make(Drawn))(1)];
}

/** An instance as of a function without classes. */
function oldInstance(answer: string): object {
  function Old(): void {}
  Old.prototype = { [memoKey]: () => 1, render: () => answer };
  return Reflect.construct(Old, []) as object;
}

/** Arrays of all lengths that are compared in different ways. */
const anyLength = fc.constantFrom(1, 16, 17, 100, 256, 257, 1536).map((length) => [...Array(length).keys()]);

function withProperty<T extends object>(value: T, key: PropertyKey, property: PropertyDescriptor): T {
  return Object.defineProperty(value, key, property);
}

function extended<T extends object>(value: T, key: PropertyKey, item: unknown): T {
  return withProperty(value, key, { value: item, enumerable: true });
}

/** A value made twice, the second one with an own property. */
function withExtra(create: () => object): fc.Arbitrary<Pair> {
  const key = fc.oneof(text.filter((name) => !/^\d+$/.test(name) && name !== "length" && name !== "lastIndex"));
  return fc
    .tuple(fc.oneof(key, fc.constant(Symbol.for("s")), fc.constant(Symbol("s"))), int, fc.boolean())
    .map(([name, item, isEnumerable]) => [
      create(),
      withProperty(create(), name, { value: item, enumerable: isEnumerable }),
    ]);
}

function foreign(source: string): unknown {
  return runInNewContext(source);
}

/** Pairs that are easily mistaken for one another, by kind. */
export const DISTINCT_PAIRS: Readonly<Record<string, fc.Arbitrary<Pair>>> = {
  "0 and -0": fc.constant([0, -0]),
  "-0 in a typed array": fc.constant([Float64Array.of(0), Float64Array.of(-0)]),
  "numbers and their texts": int.map((n) => [n, String(n)]),
  "numbers and bigints": int.map((n) => [n, BigInt(n)]),
  "null and undefined": fc.constant([null, undefined]),
  "a missing property": text.map((key) => [{}, { [key]: undefined }]),
  "boxed primitives": fc.oneof(int, text, fc.boolean()).map((value) => [value, Object(value)]),
  "matches of a regular expression by index": int.map((n) => {
    const match = (at: number): unknown => "x".repeat(at).concat("ab").match(/a/);
    return [match(Math.abs(n)), match(Math.abs(n) + 1)];
  }),
  "matches by groups": fc.constant(["ab".match(/(?<one>a)/), "ab".match(/(?<other>a)/)]),
  "matches by indices": fc.constant(["ab".match(/a/), "ab".match(/a/d)]),
  "a match and its items": fc.constant(["ab".match(/a/), ["a"]]),
  "strings of template tags": fc.constant([
    ((strings: TemplateStringsArray) => strings)`\u0061`,
    ((strings: TemplateStringsArray) => strings)`a`,
  ]),
  "lastIndex of regular expressions": fc
    .tuple(int, int)
    .map(([one, other]) => [
      Object.assign(/a/g, { lastIndex: Math.abs(one) }),
      Object.assign(/a/g, { lastIndex: Math.abs(one) + 1 + Math.abs(other) }),
    ]),
  "flags of regular expressions": fc.constantFrom("g", "i", "y", "s").map((flag) => [/a/, new RegExp("a", flag)]),
  "subclasses of Map by a field": fc.tuple(text, text).map(([a, b]) => [new Tagged(a), new Tagged(`${a}${b}`)]),
  "a Map and a subclass": entries.map((list) => [
    new Map(list),
    Object.setPrototypeOf(new Map(list), Tagged.prototype),
  ]),
  "dates by the zone of a subclass": int.map((n) => {
    const date = new ZonedDate(n);
    date.zone = "Asia/Tokyo";
    return [new ZonedDate(n), date];
  }),
  "a Date and a subclass": int.map((n) => [new Date(n), new ZonedDate(n)]),
  "an array and a subclass": ints.map((list) => [list, List.from(list)]),
  "subclasses of arrays by a field": ints.map((list) => [
    List.from(list),
    Object.assign(List.from(list), { label: "b" }),
  ]),
  "a Set and a subclass": ints.map((list) => [new Set(list), new Group(list)]),
  "bytes and a subclass": ints.map((list) => [Uint8Array.from(list), Bytes.from(list)]),
  "bytes and a Buffer": ints.map((list) => [Uint8Array.from(list), Buffer.from(list)]),
  "bytes and a DataView": ints.map((list) => [Uint8Array.from(list), new DataView(Uint8Array.from(list).buffer)]),
  "bytes and their ArrayBuffer": ints.map((list) => [Uint8Array.from(list), Uint8Array.from(list).buffer]),
  "kinds of typed arrays": ints.map((list) => [Uint8Array.from(list), Uint8ClampedArray.from(Uint8Array.from(list))]),
  "signs of typed arrays": ints.map((list) => [Uint8Array.from(list), Int8Array.from(list)]),
  "views by their bytes": ints.map((list) => [Uint8Array.from(list), Uint8Array.from([...list, 0])]),
  "a RegExp and a subclass": fc.constant([/a/, new Pattern("a")]),
  "a URL and a subclass": fc.constant([new URL("http://a/"), new Address("http://a/")]),
  "a URL and its text": fc.constant([new URL("http://a/"), "http://a/"]),
  "classes with equal keys": int.map((n) => [new User(n), new Order(n)]),
  "a keyed object and a keyed function": int.map((n) => [
    { [memoKey]: () => n },
    Object.assign(() => n, { [memoKey]: () => n }),
  ]),
  "a keyed function and its key": text.map((key) => [Object.assign(() => 1, { [memoKey]: () => key }), key]),
  "keys by -0": fc.constant([new Map([["a", -0]]), new Map([["a", 0]])]),
  "objects with a symbol key": int.map((n) => [{}, { [Symbol("s")]: n }]),
  "objects by a symbol key": int.map((n) => [{ [Symbol.for("s")]: n }, { [Symbol.for("s")]: n + 1 }]),
  "objects with an accessor": int.map((n) => [{ a: n }, withProperty({}, "a", { get: () => n, enumerable: true })]),
  "arrays with an accessor": int.map((n) => [[n], withProperty([], 0, { get: () => n, enumerable: true })]),
  "arrays with a hidden element": int.map((n) => [[n], withProperty([], 0, { value: n })]),
  "arrays of any length with a hidden element": fc
    .tuple(anyLength, fc.nat(), fc.boolean())
    .map(([list, n, hasExtra]) => {
      const hidden = withProperty([...list], n % list.length, { enumerable: false, value: n % list.length });
      return hasExtra ? [extended([...list], "a", 1), extended(hidden, "a", 1)] : [list, hidden];
    }),
  "arrays of up to 256 elements with an accessor": fc
    .tuple(
      anyLength.filter(({ length }) => length <= 256),
      fc.nat(),
      fc.boolean(),
    )
    .map(([list, n, isRead]) => {
      const index = n % list.length;
      const accessor = isRead ? { get: () => index } : { set: () => {} };
      return [
        isRead ? list : list.with(index, undefined as never),
        withProperty([...list], index, { ...accessor, enumerable: true }),
      ];
    }),
  "objects with a hidden property": withExtra(() => ({ a: 1 })),
  "holes and undefined": ints.map((list) => [
    [...list, undefined, 1],
    [...list, , 1], // oxlint-disable-line no-sparse-arrays
  ]),
  "holes by their number": ints.map((list) => [list.concat(new Array(2)), list.concat(new Array(3))]),
  "holes by their place": fc.constant([
    [, 1, , 2], // oxlint-disable-line no-sparse-arrays
    [, , 1, 2], // oxlint-disable-line no-sparse-arrays
  ]),
  "huge arrays of holes": int.map((n) => [new Array(2e9 + n), new Array(2e9 + n + 1)]),
  "arrays with an own property": ints.chain((list) => withExtra(() => [...list])),
  "arrays by a property": fc
    .tuple(ints, text)
    .map(([list, item]) => [extended([...list], "a", item), extended([...list], "a", `${item}!`)]),
  "maps with an own property": withExtra(() => new Map([[1, 2]])),
  "sets with an own property": withExtra(() => new Set([1])),
  "dates with an own property": withExtra(() => new Date(0)),
  "regular expressions with an own property": withExtra(() => /a/),
  "URLs with an own property": withExtra(() => new URL("http://a/")),
  "bytes with an own property": fc
    .tuple(
      ints,
      text.filter((name) => !/^-?\d/.test(name) && !/^(NaN|-?Infinity)$/.test(name)),
    )
    .map(([list, name]) => [Uint8Array.from(list), extended(Uint8Array.from(list), name, 1)]),
  "bytes with a hidden property": fc
    .tuple(fc.constantFrom(0, 3, 16, 17, 64), fc.boolean(), fc.constantFrom("zone", "length", Symbol("s")))
    .map(([size, isBuffer, key]) => {
      const create = (): Uint8Array => (isBuffer ? Buffer.alloc(size) : new Uint8Array(size));
      return [create(), withProperty(create(), key, { value: 100 })];
    }),
  "long bytes with a hidden symbol": fc.boolean().map((isBuffer) => {
    const create = (): Uint8Array => (isBuffer ? Buffer.alloc(100) : new Uint8Array(100));
    return [create(), withProperty(create(), Symbol("s"), { value: 1 })];
  }),
  "classes without a name": fc.constant(namesakes((base) => class extends base {})),
  "classes of one name with other bases": fc.constant(namesakes((base) => class Same extends base {})),
  "classes with an empty name": fc.constant(
    namesakes(
      (base) =>
        class extends base {
          static override readonly name = "";
        },
    ),
  ),
  "instances without a constructor": fc.constant([oldInstance("a"), oldInstance("b")]),
  "instances whose class is inherited": fc.constant([
    Object.create(new User(1)),
    Object.create(Object.create(new User(1))),
  ]),
  ...Object.fromEntries(
    [Object.prototype, null].map((prototype): [string, fc.Arbitrary<Pair>] => [
      `content behind the prototype ${prototype === null ? "null" : "of plain objects"}`,
      fc
        .constantFrom<(n: number) => object>(
          (n) => new Map([[1, n]]),
          (n) => new Set([n]),
          (n) => new Date(n),
          (n) => Object(n) as object,
          (n) => Promise.resolve(n),
          (n) => Uint8Array.of(n).buffer,
          (n) => new DataView(Uint8Array.of(n).buffer),
          (n) => new WeakSet([{ n }]),
          (n) => new WeakMap([[{ n }, n]]),
        )
        .map((create) => [Object.setPrototypeOf(create(1), prototype), Object.setPrototypeOf(create(2), prototype)]),
    ]),
  ),
  "the order of a map": entries.map((list) => [new Map(list), new Map(list.toReversed())]),
  "the order of a set": entries.map((list) => [new Set(list.map(String)), new Set(list.map(String).toReversed())]),
  "the order of an object's keys": entries
    .map((list) => list.map(([key, item]) => [`k${key}`, item] as const))
    .map((list) => [Object.fromEntries(list), Object.fromEntries(list.toReversed())]),
  "a map and its entries": entries.map((list) => [new Map(list), list]),
  "a set and its items": ints.map((list) => [new Set(list), [...new Set(list)]]),
  "objects with and without a prototype": entries.map((list) => [
    Object.fromEntries(list),
    Object.assign(Object.create(null), Object.fromEntries(list)),
  ]),
  "an object and an instance": fc.constant([{ a: 1 }, new Plain()]),
  "an object and one with a prototype of its own": int.map((n) => [
    { a: n },
    Object.assign(Object.create({ b: 1 }), { a: n }),
  ]),
  "an object and a proxy": int.map((n) => [{ a: n }, new Proxy({ a: n }, {})]),
  "an array and a proxy": ints.map((list) => [list, new Proxy([...list], {})]),
  "an array and an array without a prototype": ints.map((list) => [list, Object.setPrototypeOf([...list], null)]),
  "an array and arguments": ints.map((list) => [
    list,
    (function given(): unknown {
      return arguments;
    })(...(list as [])),
  ]),
  "errors by their message": text.map((message) => [new Error(message), new Error(`${message}!`)]),
  "an error and an object": text.map((message) => [new Error(message), { message }]),
  promises: int.map((n) => [Promise.resolve(n), Promise.resolve(n + 1)]),
  "weak collections": fc.constant([new WeakMap(), new WeakSet()]),
  "search parameters": fc.constant([new URLSearchParams("a=1"), new URLSearchParams("a=2")]),
  "shared memory": ints.map((list) => [
    new Uint8Array(list.length),
    new Uint8Array(new SharedArrayBuffer(list.length)),
  ]),
  "lone surrogates": fc.constantFrom("\udc00", "\ufffd", "\ud801").map((other) => ["\ud800", other]),
  "functions by their code": fc.constant([() => 1, () => 2]),
  "symbols by their name": fc.constant([Symbol.for("a"), Symbol.for("b")]),
  "invalid and valid dates": fc.constant([new Date(Number.NaN), new Date(0)]),
  "subclasses of another realm": fc.constant([foreign("[1]"), foreign("(class List extends Array {}).of(1)")]),
  "maps of another realm by their order": fc.constant([
    foreign("new Map([[1, 2], [3, 4]])"),
    foreign("new Map([[3, 4], [1, 2]])"),
  ]),
};
