import { expect } from "chai";
import { callKey, CallResults, type CallAnswer } from "../../../lib/engine/memo/call-results.ts";

const fingerprint = Uint8Array.of(1, 2, 3);
const key = callKey(fingerprint);
const row = { format: 2, fingerprint, dependencies: "", states: [], value: [1], declared: [], isAsync: false } as const;
const answer: CallAnswer = { row, copy: () => 1 };
const change = { key: Uint8Array.of(1), value: Uint8Array.of(2) };

describe("CallResults", () => {
  it("finds a kept result, and forgets a promise that rejects", async () => {
    const results = new CallResults();
    expect(results.find(key)).to.equal(undefined);
    results.keep(key, answer);
    expect([results.find(key), results.size]).to.deep.equal([answer, 1]);
    const failing = Promise.reject<CallAnswer>(new Error("boom"));
    results.keep(key, failing);
    expect(await failing.catch((error: unknown) => error)).to.be.instanceOf(Error);
    expect([results.find(key), results.size]).to.deep.equal([undefined, 0]);
  });

  it("keeps a stored row current while the call is made again without a change", () => {
    const results = new CallResults();
    expect([results.isCurrent(fingerprint), [...results.changes]]).to.deep.equal([false, []]);
    results.keep(key, answer);
    expect(results.isCurrent(fingerprint)).to.equal(true);
    results.write(key, change);
    expect([results.isCurrent(fingerprint), [...results.changes]]).to.deep.equal([false, [change]]);
  });
});
