import { expect } from "chai";
import { isAbort } from "../../lib/time/is-abort.ts";

describe("isAbort", () => {
  const reason = new Error("enough");
  const { signal } = ((controller) => (controller.abort(reason), controller))(new AbortController());
  const circle = new Error("circle");
  circle.cause = circle;
  const { proxy, revoke } = Proxy.revocable(new Error("revoked"), {});
  revoke();
  const thrower = Object.defineProperty(new Error("thrower"), "name", {
    get() {
      throw new Error("no name");
    },
  });

  const cases: readonly (readonly [what: string, error: unknown, expected: boolean])[] = [
    ["the reason", reason, true],
    ["an AbortError", new DOMException("aborted", "AbortError"), true],
    [
      "an error that the reason has caused, at any depth",
      new Error("a", { cause: new Error("b", { cause: reason }) }),
      true,
    ],
    ["another error", new Error("boom"), false],
    ["a timeout", new DOMException("too long", "TimeoutError"), false],
    ["a circle of causes", circle, false],
    ["a revoked proxy", proxy, false],
    ["an error that cannot be read", thrower, false],
    ["undefined", undefined, false],
  ];
  for (const [what, error, expected] of cases) {
    it(`is ${expected} for ${what}`, () => {
      expect(isAbort(error, signal)).to.equal(expected);
    });
  }

  it("is false for any error before the abort", () => {
    expect(isAbort(new DOMException("aborted", "AbortError"), new AbortController().signal)).to.equal(false);
  });
});
