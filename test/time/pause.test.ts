import { getEventListeners } from "node:events";
import { expect } from "chai";
import { pause } from "../../lib/time/pause.ts";
import { FakeClock } from "../fake-clock.ts";

describe("pause", () => {
  it("ends when its time has passed", async () => {
    const clock = new FakeClock();
    let hasEnded = false;
    const waiting = pause(100, { clock }).then(() => (hasEnded = true));
    clock.advance(99);
    await Promise.resolve();
    expect(hasEnded).to.equal(false);
    clock.advance(1);
    expect(await waiting).to.equal(true);
  });

  it("rejects with the reason of an abort, and leaves no timer and no listener behind", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const waiting = pause(100, { clock, signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await waiting.catch((error: unknown) => error)).to.equal(reason);
    expect(clock.due).to.deep.equal([]);
    expect(getEventListeners(controller.signal, "abort")).to.deep.equal([]);
  });

  it("does not begin when the signal is aborted already", async () => {
    const clock = new FakeClock();
    const reason = new Error("enough");
    expect(await pause(100, { clock, signal: AbortSignal.abort(reason) }).catch((error: unknown) => error)).to.equal(
      reason,
    );
    expect(clock.due).to.deep.equal([]);
  });

  it("leaves no listener behind when it has ended by itself", async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const waiting = pause(100, { clock, signal });
    clock.advance(100);
    await waiting;
    expect(getEventListeners(signal, "abort")).to.deep.equal([]);
  });
});
