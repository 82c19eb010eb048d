import { expect } from "chai";
import { Freshness, MAX_FAILING_SOURCES } from "../../lib/progress/freshness.ts";
import type { FailingSource } from "../../lib/progress/schema/stats.ts";
import { FakeClock } from "../fake-clock.ts";

describe("Freshness", () => {
  let clock: FakeClock;
  let freshness: Freshness;
  let numTold: number;

  beforeEach(() => {
    clock = new FakeClock();
    numTold = 0;
    freshness = new Freshness(clock, () => numTold++);
  });

  const change = (ms: number): { at: Date } => ({ at: new Date(ms) });

  it("knows nothing at first", () => {
    expect(freshness.fields()).to.deep.equal({ caughtUpAt: null, oldestChangeAt: null, failingSources: [] });
    expect([freshness.hasCaughtUp, freshness.isCurrent]).to.deep.equal([false, false]);
  });

  it("tells when the last change was applied, and the oldest pending change", () => {
    const [first, second] = [change(50), change(20)];
    clock.advance(10);
    freshness.catchUp();
    expect(freshness.fields().caughtUpAt).to.deep.equal(new Date(10));
    clock.advance(100);
    freshness.add(first);
    freshness.add(second);
    expect(freshness.isCurrent).to.equal(false);
    expect(freshness.fields()).to.deep.include({ caughtUpAt: new Date(10), oldestChangeAt: new Date(20) });
    freshness.remove(second);
    expect(freshness.fields().oldestChangeAt).to.deep.equal(new Date(50));
    clock.advance(1);
    freshness.remove(first);
    freshness.remove(first);
    expect(freshness.isCurrent).to.equal(true);
    expect(freshness.fields()).to.deep.include({ caughtUpAt: new Date(111), oldestChangeAt: null });
  });

  it("takes a change that was given up as no longer pending, not as processed", () => {
    const [first, second] = [change(0), change(0)];
    freshness.catchUp();
    freshness.add(first);
    freshness.add(second);
    clock.advance(10);
    numTold = 0;
    freshness.giveUp(first);
    freshness.giveUp(first);
    expect([freshness.isCurrent, numTold]).to.deep.equal([false, 0]);
    freshness.giveUp(second);
    expect([freshness.isCurrent, numTold]).to.deep.equal([true, 1]);
    expect(freshness.fields().caughtUpAt).to.deep.equal(new Date(0));
  });

  it("is not current while a source fails, until the source has recovered", () => {
    const source = {};
    freshness.catchUp();
    clock.advance(10);
    freshness.fail(source, failing(0));
    const only = change(10);
    freshness.add(only);
    freshness.remove(only);
    expect(freshness.isCurrent).to.equal(true);
    expect(freshness.fields().caughtUpAt).to.deep.equal(new Date(0));
    clock.advance(10);
    freshness.recover(source);
    expect(freshness.fields().caughtUpAt).to.deep.equal(new Date(20));
  });

  it("has caught up while a source fails, but is not current", () => {
    const source = {};
    freshness.fail(source, failing(0));
    freshness.catchUp();
    expect([freshness.hasCaughtUp, freshness.isCurrent, freshness.caughtUpAt]).to.deep.equal([true, true, null]);
    freshness.forget(source);
    expect(freshness.fields()).to.deep.include({ caughtUpAt: null, failingSources: [] });
  });

  it("hands out dates that cannot be changed", () => {
    freshness.catchUp();
    const since = new Date(500);
    const source = { ...failing(500), since };
    freshness.fail({}, source);
    since.setFullYear(1980);
    source.retryAt.setFullYear(1980);
    freshness.add(change(5));
    const { caughtUpAt, failingSources, oldestChangeAt } = freshness.fields();
    expect(failingSources[0]).to.deep.equal(failing(500));
    for (const date of [caughtUpAt!, oldestChangeAt!, failingSources[0]!.since, failingSources[0]!.retryAt]) {
      expect(() => date.setFullYear(1980)).to.throw(TypeError);
    }
  });

  it("is not current before it has caught up, though nothing waits", () => {
    const only = change(0);
    freshness.add(only);
    freshness.remove(only);
    expect(freshness.isCurrent).to.equal(false);
    expect(freshness.fields().caughtUpAt).to.equal(null);
  });

  it("has others look again only when that makes a difference", () => {
    const [first, second] = [change(1), change(2)];
    freshness.catchUp();
    freshness.add(first);
    expect(numTold).to.equal(1);
    freshness.add(second);
    freshness.remove(first);
    expect(numTold).to.equal(1);
    freshness.remove(second);
    expect(numTold).to.equal(2);
    freshness.recover({});
    expect(numTold).to.equal(2);
  });

  it("names the sources that fail, the longest first and no more than a hundred", () => {
    const sources = Array.from({ length: MAX_FAILING_SOURCES + 20 }, (_, index) => ({ index }));
    for (const source of sources) freshness.fail(source, failing(1000 - source.index));
    const { failingSources } = freshness.fields();
    expect(failingSources).to.have.lengthOf(MAX_FAILING_SOURCES);
    expect(failingSources[0]!.since).to.deep.equal(new Date(1000 - sources.length + 1));
    expect([failingSources, failingSources[0]]).to.satisfy((values: object[]) => values.every(Object.isFrozen));
    for (const source of sources) freshness.recover(source);
    expect(freshness.fields().failingSources).to.deep.equal([]);
  });
});

function failing(sinceMs: number): FailingSource {
  return {
    component: "doc",
    path: "/",
    message: "boom",
    since: new Date(sinceMs),
    numFailures: 1,
    retryAt: new Date(sinceMs + 1000),
  };
}
