import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { followOnce } from "../../../lib/engine/live/follow-once.ts";
import { FakeClock } from "../../fake-clock.ts";

describe("followOnce", () => {
  it("aborts the signal of a source that has ended by itself", async () => {
    const attempt = new AbortController();
    const end = await followOnce({ follow: async () => {} }, attempt, new FakeClock());
    expect(end).to.deep.equal({ failure: undefined, isUnexpected: true });
    expect(attempt.signal.aborted).to.equal(true);
  });

  it("tells a failure before the abort from one after it", async () => {
    const error = new Error("lost");
    const source = { follow: () => Promise.reject(error) };
    const early = await followOnce(source, new AbortController(), new FakeClock());
    expect(early).to.deep.equal({ failure: { error }, isUnexpected: true });
    const attempt = new AbortController();
    const late = followOnce(afterAbort(error), attempt, new FakeClock());
    attempt.abort();
    expect(await late).to.deep.equal({ failure: { error }, isUnexpected: false });
  });

  it("takes an error that only tells of the abort for a clean end", async () => {
    const reason = new Error("enough");
    for (const error of [reason, new Error("closed", { cause: reason }), new DOMException("aborted", "AbortError")]) {
      const attempt = new AbortController();
      const ending = followOnce(afterAbort(error), attempt, new FakeClock());
      attempt.abort(reason);
      expect(await ending).to.deep.equal({ failure: undefined, isUnexpected: false });
    }
  });

  it("waits 500 ms after the abort for a source that does not end", async () => {
    const clock = new FakeClock();
    const attempt = new AbortController();
    let hasEnded = false;
    const ending = followOnce({ follow: () => new Promise(() => {}) }, attempt, clock).finally(() => (hasEnded = true));
    attempt.abort();
    clock.advance(499);
    await setImmediate();
    expect(hasEnded).to.equal(false);
    clock.advance(1);
    expect(await ending).to.deep.equal({ failure: undefined, isUnexpected: false });
  });

  it("leaves no timer and no listener behind", async () => {
    const clock = new FakeClock();
    const attempt = new AbortController();
    const ending = followOnce(afterAbort(new Error("lost")), attempt, clock);
    attempt.abort();
    await ending;
    expect(clock.due).to.deep.equal([]);
    const other = new AbortController();
    await followOnce({ follow: async () => {} }, other, clock);
    expect(getEventListeners(other.signal, "abort")).to.deep.equal([]);
    expect(clock.due).to.deep.equal([]);
  });
});

/** A source that fails with `error` once its signal is aborted. */
function afterAbort(error: unknown) {
  return {
    follow: (signal: AbortSignal) =>
      new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(error), { once: true })),
  };
}
