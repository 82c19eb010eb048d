import { expect } from "chai";
import { callKey, CallResults } from "../../../lib/engine/memo/call-results.ts";

const fingerprint = Uint8Array.of(1, 2, 3);
const key = callKey(fingerprint);
const change = { key: Uint8Array.of(1), value: Uint8Array.of(2) };

describe("CallResults", () => {
  it("finds a kept result, and forgets a promise that rejects", async () => {
    const results = new CallResults();
    expect(results.find(key)).to.equal(undefined);
    results.keep(key, { value: 1, row: undefined });
    expect([results.find(key)?.value, results.size]).to.deep.equal([1, 1]);
    const failing = Promise.reject(new Error("boom"));
    results.keep(key, { value: failing, row: undefined });
    expect(await failing.catch((error: unknown) => error)).to.be.instanceOf(Error);
    expect([results.find(key), results.size]).to.deep.equal([undefined, 0]);
  });

  it("keeps a stored row current while the call is made again without a change", () => {
    const results = new CallResults();
    expect([results.isCurrent(fingerprint), [...results.changes]]).to.deep.equal([false, []]);
    results.keep(key, { value: 1, row: undefined });
    expect(results.isCurrent(fingerprint)).to.equal(true);
    results.write(key, change);
    expect([results.isCurrent(fingerprint), [...results.changes]]).to.deep.equal([false, [change]]);
  });
});
