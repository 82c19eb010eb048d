import { expect } from "chai";
import { frozenDate } from "../../lib/time/frozen-date.ts";

describe("frozenDate", () => {
  it("is a copy that no setter changes, and any other date otherwise", () => {
    const date = new Date(1_000_000);
    const frozen = frozenDate(date);
    date.setTime(5);
    const setters = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith("set"));
    expect(setters).to.include.members(["setTime", "setFullYear", "setUTCMilliseconds"]);
    for (const name of setters) {
      expect(() => (frozen as unknown as Record<string, (value: number) => unknown>)[name]!(1), name).to.throw(
        TypeError,
        "Cannot set a date that others share: copy it first, with `new Date(date)`",
      );
    }
    expect(frozen).to.deep.equal(new Date(1_000_000));
    expect(JSON.stringify([frozen])).to.equal('["1970-01-01T00:16:40.000Z"]');
    expect(structuredClone(frozen)).to.deep.equal(new Date(1_000_000));
    expect(new Date(frozen).setTime(7)).to.equal(7);
  });
});
