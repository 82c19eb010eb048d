import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import { componentSubpath, declareTargetState, fn, mountEach, type LiveMapSubscriber } from "../../../lib/index.ts";
import { FakeClock } from "../../fake-clock.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";
import { FailingMap } from "./failing-map.ts";
import { LiveWatch } from "./live-watch.ts";

type Subscriber = LiveMapSubscriber<string, string>;

const boom = new Error("broke off");
const pairs = (...texts: string[]) => texts.map((text) => [text, text] as const);
const ignore = (): void => {};

function* brokenOff(...texts: string[]): Generator<readonly [string, string]> {
  yield* pairs(...texts);
  throw boom;
}

describe("A listing that breaks off deletes nothing", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  const doc = fn({ memo: true }, function doc(text: string) {
    declareTargetState(target.provider, text, text);
  });
  const feed = (watch: (subscriber: Subscriber) => Promise<void>) => ({ watch });
  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    await app.update(() => mountEach("docs", doc, pairs("a", "b", "c")));
  });

  /** Lists "c", and after `begin` other items. */
  const listTwice = (begin: Promise<void>, items: ReturnType<typeof pairs>, end: () => void) =>
    feed(async (subscriber) => {
      await subscriber.updateAll(pairs("c"));
      await subscriber.markReady();
      await begin;
      await subscriber.updateAll(items);
      end();
    });

  /** Follows two sources at one place until three items are ready. */
  const followBoth = async (...sources: ReturnType<typeof feed>[]) => {
    const main = async (): Promise<void> => {
      for (const source of sources) await mountEach("docs", doc, source);
    };
    const handle = app.withMain(main).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    return { handle, watch };
  };

  /** How a source says at first that its list is complete, and fails then. */
  const FAILURES: Record<string, (subscriber: Subscriber) => Promise<void>> = {
    "in the second listing": async (subscriber) => {
      await subscriber.updateAll(pairs("a", "b", "c"));
      await subscriber.updateAll(brokenOff("a"));
    },
    "in the second listing, though the source goes on and is ready": async (subscriber) => {
      await subscriber.updateAll(pairs("a", "b", "c"));
      await subscriber.updateAll(brokenOff("a")).catch(ignore);
      await subscriber.markReady();
    },
    "in the second listing, which the source does not wait for": async (subscriber) => {
      await subscriber.updateAll(pairs("a", "b", "c"));
      subscriber.updateAll(brokenOff()).catch(ignore);
      await subscriber.markReady();
    },
    "after a listing, with items still to be reported": async (subscriber) => {
      await subscriber.updateAll(pairs());
      await subscriber.update("a", "a");
      throw boom;
    },
    "beside the second listing, whose items end early at the abort": async (subscriber) => {
      await subscriber.updateAll(pairs("a", "b", "c"));
      const isListing = Promise.withResolvers<void>();
      async function* untilAborted(): AsyncGenerator<readonly [string, string]> {
        yield ["a", "a"];
        isListing.resolve();
        await new Promise((resolve) => subscriber.signal.addEventListener("abort", resolve));
      }
      subscriber.updateAll(untilAborted()).catch(ignore);
      await isListing.promise;
      throw boom;
    },
    "in the third listing, which has superseded the second": async (subscriber) => {
      const items = pairs("a", "b", "c");
      await Promise.all([items, pairs("a"), brokenOff("b")].map((listed) => subscriber.updateAll(listed)));
    },
  };

  for (const [when, watch] of Object.entries(FAILURES)) {
    it(`${when}, in a run that is not live`, async () => {
      const counts = await app.update(() => mountEach("docs", doc, feed(watch)));
      expect(outside()).to.deep.equal(["a", "b", "c"]);
      expect(counts["doc"]).not.to.have.property("deletes");
      expect(await app.update(() => mountEach("docs", doc, pairs("a", "b", "c")))).to.deep.equal({
        doc: { starts: 3, unchanged: 3 },
      });
    });

    it(`${when}, in a live run, and the next complete one does`, async () => {
      let attempt = watch;
      const source = feed((subscriber) => attempt(subscriber));
      const handle = app.withMain(() => mountEach("docs", doc, source)).update({ live: true });
      await new LiveWatch(handle).until(({ status }) => status === "ready");
      expect(outside()).to.deep.equal(["a", "b", "c"]);
      attempt = async (subscriber) => {
        await subscriber.updateAll(pairs("b"));
        await subscriber.markReady();
      };
      clock.advance(1000);
      await handle.stop();
      await app.update(() => mountEach("docs", doc, feed(attempt)));
      expect(outside()).to.deep.equal(["b"]);
    });
  }

  it("after it was ready, nor has another source at the same place anything deleted meanwhile", async () => {
    const [listed, go, relisted] = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const one = feed(async (subscriber) => {
      await subscriber.updateAll(pairs("a", "b"));
      await subscriber.markReady();
      await go!.promise;
      await subscriber.updateAll(brokenOff("a"));
    });
    const other = listTwice(relisted!.promise, pairs("d"), listed!.resolve);
    const { handle, watch } = await followBoth(one, other);
    go!.resolve();
    await watch.until(({ failingSources }) => failingSources.length === 1);
    relisted!.resolve();
    await listed!.promise;
    expect(outside()).to.deep.equal(["a", "b", "c", "d"]);
    await handle.stop();
  });

  it("while a listing is in progress at the same place", async () => {
    const [go, resume] = [0, 1].map(() => Promise.withResolvers<void>());
    const isListing = Promise.withResolvers<void>();
    async function* slowly(): AsyncGenerator<readonly [string, string]> {
      isListing.resolve();
      await resume!.promise;
      yield* pairs("a", "b");
    }
    const one = feed(async (subscriber) => {
      await subscriber.updateAll(pairs("a", "b"));
      await subscriber.markReady();
      await go!.promise;
      await subscriber.updateAll(slowly());
    });
    const other = listTwice(isListing.promise, pairs("c"), resume!.resolve);
    const { handle } = await followBoth(one, other);
    go!.resolve();
    await handle;
    expect(handle.stats()?.total.numDeletes).to.equal(0);
    expect(outside()).to.deep.equal(["a", "b", "c"]);
  });

  it("in a place inside another one, the outer one complete or not", async () => {
    const inner = componentSubpath("docs", "inner");
    await app.update(async () => {
      await mountEach("docs", doc, pairs("a", "b", "c"));
      await mountEach(inner, doc, pairs("x", "y"));
    });
    const broken = feed(async (subscriber) => {
      await subscriber.updateAll(pairs("x", "y"));
      await subscriber.updateAll(brokenOff("x"));
    });
    await app.update(async () => {
      await mountEach(inner, doc, broken);
      await mountEach("docs", doc, pairs("a"));
    });
    expect(outside(), "only items of the outer place are deleted").to.deep.equal(["a", "x", "y"]);
    await app.update(async () => {
      await mountEach(inner, doc, pairs("y"));
      await mountEach("docs", doc, brokenOff("a")).catch(ignore);
    });
    expect(outside()).to.include.members(["a", "x", "y"]);
  });

  it("of an asynchronous iterable, beside a complete one at the same place", async () => {
    async function* broken(): AsyncGenerator<readonly [string, string]> {
      yield* brokenOff("a");
    }
    await app.update(async () => {
      await mountEach("docs", doc, broken()).catch(ignore);
      await mountEach("docs", doc, pairs("d"));
    });
    expect(outside()).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("of a map that fails at a later attempt", async () => {
    const map = new FailingMap(pairs("a", "b", "c"));
    const handle = app.withMain(() => mountEach("docs", doc, map)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    map.failsAfter = 1;
    map.fail(boom);
    for (const numFailures of [1, 2]) {
      await watch.until(({ failingSources }) => failingSources[0]?.numFailures === numFailures);
      clock.advance(60_000);
    }
    expect(outside()).to.deep.equal(["a", "b", "c"]);
    await handle.stop();
  });
});
