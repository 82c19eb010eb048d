import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { shareCalls } from "../../lib/serve/share-calls.ts";
import { failureOf } from "../state/failure-of.ts";

describe("shareCalls", () => {
  let calls: PromiseWithResolvers<string>[];
  let share: () => Promise<string>;

  beforeEach(() => {
    calls = [];
    share = shareCalls(() => {
      const call = Promise.withResolvers<string>();
      calls.push(call);
      return call.promise;
    });
  });

  it("gives all callers that come during a call the result of the next one", async () => {
    const first = share();
    const later = Array.from({ length: 1000 }, () => share());
    expect(calls).to.have.length(1);
    calls[0]!.resolve("first");
    expect(await first).to.equal("first");
    await setImmediate();
    expect(calls).to.have.length(2);
    const last = share();
    calls[1]!.resolve("second");
    expect(new Set(await Promise.all(later))).to.deep.equal(new Set(["second"]));
    await setImmediate();
    expect(calls).to.have.length(3);
    calls[2]!.resolve("third");
    expect(await last).to.equal("third");
    await setImmediate();
    void share();
    expect(calls).to.have.length(4);
  });

  it("goes on after a failure, of which its own callers learn", async () => {
    const first = failureOf(share());
    const second = share();
    calls[0]!.reject(new Error("no numbers"));
    expect((await first).message).to.equal("no numbers");
    await setImmediate();
    calls[1]!.resolve("second");
    expect(await second).to.equal("second");
  });
});
