import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { ABORT_GRACE_MS, AbortGrace } from "../../lib/time/abort-grace.ts";
import { FakeClock } from "../fake-clock.ts";
import { failureOf } from "../state/failure-of.ts";
import { unhandledRejectionsOf } from "../unhandled-rejections.ts";

const never = (): Promise<never> => new Promise(() => {});

describe("AbortGrace", () => {
  const reason = { why: "enough" };
  let clock: FakeClock;
  let grace: AbortGrace;

  beforeEach(() => {
    clock = new FakeClock();
    grace = new AbortGrace(clock);
  });

  it("gives the result of a call, and has no timer without an abort", async () => {
    expect(await grace.wait(() => 1)).to.equal(1);
    expect(await grace.wait(async () => 2)).to.equal(2);
    const boom = new Error("boom");
    expect(await failureOf(grace.wait(() => Promise.reject(boom)))).to.equal(boom);
    expect(
      await failureOf(
        grace.wait(() => {
          throw boom;
        }),
      ),
    ).to.equal(boom);
    expect(clock.due).to.deep.equal([]);
  });

  it("aborts its signal, and gives calls in progress time to end", async () => {
    const call = Promise.withResolvers<string>();
    const waiting = grace.wait(() => call.promise);
    grace.abort(reason);
    expect(grace.signal.reason).to.equal(reason);
    clock.advance(ABORT_GRACE_MS - 1);
    call.resolve("in time");
    expect(await waiting).to.equal("in time");
  });

  it("shares one grace among all calls, also those that begin in it, and calls nothing after it", async () => {
    const first = failureOf(grace.wait(never));
    grace.abort(reason);
    clock.advance(ABORT_GRACE_MS / 2);
    const second = failureOf(grace.wait(never));
    clock.advance(ABORT_GRACE_MS / 2);
    expect(await Promise.all([first, second])).to.deep.equal([reason, reason]);
    let isCalled = false;
    expect(await failureOf(grace.wait(() => (isCalled = true)))).to.equal(reason);
    expect(isCalled).to.equal(false);
  });

  it("tells when an abandoned call has ended after all, and swallows its rejection", async () => {
    const call = Promise.withResolvers<string>();
    let hasEnded = false;
    const unhandled = await unhandledRejectionsOf(async () => {
      const waiting = failureOf(
        grace.wait(
          () => call.promise,
          (ended) => void ended.then(() => (hasEnded = true)),
        ),
      );
      grace.abort(reason);
      clock.advance(ABORT_GRACE_MS);
      expect(await waiting).to.equal(reason);
      expect(hasEnded).to.equal(false);
      call.reject(new Error("too late"));
      await setImmediate();
      expect(hasEnded).to.equal(true);
    });
    expect(unhandled).to.deep.equal([]);
  });

  it("leaves no timer when it is disposed of", () => {
    grace.abort(reason);
    expect(clock.due).to.deep.equal([ABORT_GRACE_MS]);
    grace[Symbol.dispose]();
    expect(clock.due).to.deep.equal([]);
  });
});
