import { expect } from "chai";
import { FailedTries } from "../../lib/serve/failed-tries.ts";
import { FakeClock } from "../fake-clock.ts";

describe("FailedTries", () => {
  let clock: FakeClock;
  let tries: FailedTries;

  beforeEach(() => {
    clock = new FakeClock();
    tries = new FailedTries(clock);
  });

  /** Fails once, waits for its end, and returns the delay. */
  async function fail(address: string): Promise<number> {
    const delay = tries.delay(address, new AbortController().signal);
    const ms = clock.due[0]! - clock.now();
    clock.advance(ms);
    expect(await delay).to.equal(true);
    return ms;
  }

  it("delays each further failure of an address twice as long, up to four seconds", async () => {
    const delays = [];
    for (let index = 0; index < 7; index++) delays.push(await fail("one"));
    expect(delays).to.deep.equal([250, 500, 1000, 2000, 4000, 4000, 4000]);
    expect(await fail("other"), "another address").to.equal(250);
  });

  it("begins anew for an address that has not failed for a minute, whatever the date is", async () => {
    for (let index = 0; index < 3; index++) await fail("one");
    clock.shiftDate(3_600_000);
    clock.advance(50_000);
    expect(await fail("one")).to.equal(2000);
    clock.advance(60_001);
    expect(await fail("one")).to.equal(250);
  });

  it("turns further failures away at once while ten of an address or fifty in all wait", async () => {
    const waiting: Promise<boolean>[] = [];
    const { signal } = new AbortController();
    for (let index = 0; index < 10; index++) waiting.push(tries.delay("one", signal));
    expect(await tries.delay("one", signal)).to.equal(false);
    for (let index = 0; index < 40; index++) waiting.push(tries.delay(`other ${index}`, signal));
    expect(await tries.delay("last", signal)).to.equal(false);
    clock.advance(4000);
    expect(await Promise.all(waiting)).to.deep.equal(Array.from({ length: 50 }, () => true));
    const last = tries.delay("last", signal);
    clock.advance(4000);
    expect(await last).to.equal(true);
  });

  it("frees the place of a client that leaves, and its timer", async () => {
    const leaving = new AbortController();
    const waiting = Array.from({ length: 10 }, () => tries.delay("one", leaving.signal));
    leaving.abort();
    await Promise.all(waiting);
    expect(clock.due).to.deep.equal([]);
    expect(await fail("one")).to.equal(4000);
  });

  it("remembers a thousand addresses at most, those that failed last", async () => {
    await fail("first");
    const gone = AbortSignal.abort();
    for (let index = 0; index < 5000; index++) await tries.delay(`address ${index}`, gone);
    expect(tries.numAddresses).to.equal(1000);
    expect(await fail("address 4999")).to.equal(500);
    expect(await fail("first")).to.equal(250);
  });
});
