import { expect } from "chai";
import { copyPlainResult } from "../../../lib/progress/record/plain-result.ts";

describe("copyPlainResult", () => {
  const cases: readonly (readonly [what: string, result: unknown, copy: unknown])[] = [
    ["nothing", undefined, null],
    ["a number", 1.5, 1.5],
    ["text", "a\ud800b", "a\ufffdb"],
    ["a bigint", 2n ** 70n, "1180591620717411303424"],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["plain data", { a: [1, { b: null }], c: undefined }, { a: [1, { b: null }], c: null }],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ["a map", { map: new Map([[1, 2]]) }, { map: null }],
    ["a function", () => 1, null],
    ["an array that is too long", Array.from({ length: 1001 }, () => 0), null],
    ["text that is too long", "x".repeat(20_001), null],
  ];
  for (const [what, result, copy] of cases) {
    it(`makes ${JSON.stringify(copy)?.slice(0, 60)} of ${what}`, () => {
      expect(copyPlainResult(result)).to.deep.equal(copy);
    });
  }

  it("gives up a cycle, a getter that throws and a revoked proxy", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(copyPlainResult(cycle)).to.equal(null);
    const hostile = {
      get value(): never {
        throw new Error("no");
      },
    };
    expect(copyPlainResult(hostile)).to.equal(null);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(copyPlainResult({ proxy })).to.equal(null);
  });

  it("shares nothing with the result", () => {
    const result = { list: [1] };
    const copy = copyPlainResult(result);
    result.list.push(2);
    expect(copy).to.deep.equal({ list: [1] });
  });

  it("keeps a key called __proto__ a key", () => {
    const copy = copyPlainResult(JSON.parse('{ "__proto__": 1 }'));
    expect(JSON.stringify(copy)).to.equal('{"__proto__":1}');
  });
});
