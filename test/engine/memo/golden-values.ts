import { fingerprintCall } from "../../../lib/engine/memo/fingerprint.ts";
import { Logic } from "../../../lib/engine/memo/loaded-logic.ts";
import { memoKey, memoState } from "../../../lib/index.ts";

class Page {
  [memoKey](): unknown {
    return ["page", 1];
  }
  [memoState](): { state: number; isValid: boolean } {
    return { state: 1, isValid: true };
  }
}

/** Values of every kind that can be compared. */
const VALUES: Readonly<Record<string, unknown>> = {
  primitives: [undefined, null, true, false, 0, -0, 1.5, -1e300, Number.NaN, Infinity, 0n, -(2n ** 90n)],
  texts: ["", "abc", "é😀", "\ud800", "x".repeat(100)],
  dates: [new Date(0), new Date(-1), new Date(Number.NaN)],
  bytes: [Uint8Array.of(1, 2), Buffer.from("abc"), new Uint8Array(100), new DataView(Uint8Array.of(7).buffer)],
  numbers: [Float32Array.of(1, Number.NaN), Float64Array.of(-0), Int16Array.of(-1), BigUint64Array.of(1n)],
  objects: [{ b: 1, a: { c: [] } }, Object.assign(Object.create(null), { a: 1 })],
  collections: [new Map<unknown, unknown>([["b", 1], ["a", new Set([2, 1])]]), new Set()], // prettier-ignore
  arrays: [[1, , 2], new Array(3), Array.from({ length: 40 }, (_, index) => index)], // oxlint-disable-line no-sparse-arrays
  matches: ["ab".match(/(?<first>a)/), [..."abab".matchAll(/a/g)]],
  regexps: [/a/, Object.assign(/a\/[/]/gu, { lastIndex: 2 })],
  urls: new URL("https://user@example.com:8080/a?b=1#c"),
  keyed: [new Page(), { [memoKey]: () => "key" }, Object.assign(() => 1, { [memoKey]: () => "key" })],
};

const SOURCES: Readonly<Record<string, string>> = {
  plain: "function plain(a) { return a + 1; }",
  template: "(a) => `x ${a /* comment */ + 1}  y`",
  regexp: "async (a) => { // comment\n  return /a  b/g.exec(a)\n}",
  slash: "function slash() { if (a) {} /b  c/.test(d) }",
  private: "class Live { get #a() { return 1 } process() {} }",
};

/** Returns the fingerprints of the values, and the ids of the logic. */
export function goldenFingerprints(): Readonly<Record<string, string>> {
  const values = Object.entries(VALUES).map(([name, value]) => [
    name,
    hex(fingerprintCall("golden", [value]).fingerprint),
  ]);
  const logic = Object.entries(SOURCES).map(([name, source]) => {
    return [`logic ${name}`, new Logic({ name, source, version: undefined, deps: { a: [1] } }).id];
  });
  return Object.fromEntries([...values, ...logic]) as Record<string, string>;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
