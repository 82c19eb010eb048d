import { fn, memoKey, memoState, mount, mountEach, useMount } from "../../../lib/index.ts";

// `format-one-store.json` is the store that Tidemark 0.1 has written for this app, whose source text it contains: it must not change.

/** The names of the functions that were executed, and the states that documents were asked with. */
export const ran: string[] = [];
export const asked: string[] = [];

class Doc {
  name;
  constructor(name: string) {
    this.name = name;
  }
  [memoKey]() {
    return { kind: "doc", name: this.name };
  }
  [memoState](previous: unknown) {
    asked.push(`${this.name}: ${String(previous)}`);
    return { state: `state of ${this.name}`, isValid: previous === `state of ${this.name}` };
  }
}

const helper = fn(function helper() {
  return 1;
});

const note = (name: string) => {
  ran.push(name);
  helper();
};

// prettier-ignore
const plain = fn({ memo: true, deps: { b: 1, a: [new Date(5)] } }, function plain(_data: unknown) { note("plain");   /* a comment */ });
const versioned = fn({ memo: true, version: 3 }, function versioned(_data: unknown) {
  note("versioned");
});
const untracked = fn({ memo: true, logicTracking: "none" }, function untracked(_data: unknown) {
  note("untracked");
});
const docs = fn({ memo: true }, function docs(_docs: unknown) {
  note("docs");
});
const item = fn({ memo: true }, function item(_item: unknown, _shared: unknown) {
  note("item");
});
const used = fn({ memo: true }, function used(_given: unknown) {
  note("used");
  return new Map([["value", [1]]]);
});
const called = fn({ memo: true }, function called(_data: unknown) {
  note("called");
  return ["called"];
});
const calledLater = fn({ memo: true }, async function calledLater(_data: unknown, _doc: unknown) {
  note("calledLater");
  return ["later"];
});
const caller = fn(async function caller(given: unknown) {
  return [called(given), await calledLater(given, new Set([new Doc("z"), new Doc("y")]))];
});

/** Data whose form differs between the formats. */
export function data() {
  return {
    z: new Map<unknown, unknown>([
      ["b", -0],
      ["a", new Set([3, 1, 2])],
    ]),
    a: [new Date(0), /a/g, Buffer.from("abc"), new URL("http://a/"), Float32Array.of(1)],
  };
}

/** Mounts and calls everything; returns the values. */
export async function pipeline(items: readonly string[], given: unknown = data()) {
  await mount(plain, given);
  await mount(versioned, given);
  await mount(untracked, given);
  await mount(docs, [new Doc("x"), new Set([new Doc("b"), new Doc("a")]), given]);
  const entries = items.map((key) => [key, { key, doc: new Doc(key) }] as const);
  await mountEach(item, entries, [given, new Doc("shared")]);
  return [await useMount(used, helper), await useMount(caller, given)];
}
