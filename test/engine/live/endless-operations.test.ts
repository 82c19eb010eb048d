import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  declareTargetState,
  fn,
  mount,
  mountEach,
  type LiveComponent,
  type LiveComponentOperator,
  type LiveMapSubscriber,
} from "../../../lib/index.ts";
import { FakeClock } from "../../fake-clock.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";
import { LiveWatch } from "./live-watch.ts";

type Subscriber = LiveMapSubscriber<string, string>;

const late = new Error("no answer in time");

describe("An operation of a live source that never ends", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  const doc = fn({ memo: true }, function doc(text: string) {
    declareTargetState(target.provider, text, text);
  });
  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();
  let clock: FakeClock;
  let isWaiting: PromiseWithResolvers<void>;

  beforeEach(() => {
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    isWaiting = Promise.withResolvers();
  });

  async function* endless(): AsyncGenerator<readonly [string, string]> {
    yield ["a", "a"];
    isWaiting.resolve();
    await new Promise(() => {});
  }

  /** Waits for a listing that never ends. */
  const patient = async (subscriber: Subscriber): Promise<void> => {
    await subscriber.updateAll(endless());
    await subscriber.markReady();
  };

  /** Gives up a listing that never ends. */
  const impatient = async (subscriber: Subscriber): Promise<void> => {
    subscriber.updateAll(endless()).catch(() => {});
    await isWaiting.promise;
    throw late;
  };

  class Impatient implements LiveComponent {
    async process(): Promise<void> {
      await mount("a", doc, "a");
      isWaiting.resolve();
      await new Promise(() => {});
    }
    async processLive(operator: LiveComponentOperator): Promise<void> {
      operator.updateFull().catch(() => {});
      await isWaiting.promise;
      throw late;
    }
  }

  for (const live of [false, true]) {
    const mode = live ? "live" : "not live";

    it(`ends with the signal of a run that is ${mode}`, async () => {
      const aborting = new AbortController();
      const handle = app.withMain(() => mountEach(doc, { watch: patient })).update({ live, signal: aborting.signal });
      const ending = failureOf(() => handle.result());
      await isWaiting.promise;
      aborting.abort(late);
      expect(await ending).to.equal(late);
    });

    it(`ends when the environment of a run that is ${mode} is closed`, async () => {
      const handle = app.withMain(() => mountEach(doc, { watch: patient })).update({ live });
      const ending = failureOf(() => handle.result());
      await isWaiting.promise;
      await test.environment.close();
      expect(await ending).to.have.property("code", "ENVIRONMENT_CLOSED");
    });
  }

  it("ends with `stop` when the source is ready, and its new listing deletes nothing", async () => {
    const relisting = async (subscriber: Subscriber): Promise<void> => {
      await subscriber.updateAll([["b", "b"]]);
      await subscriber.markReady();
      await subscriber.updateAll(endless());
    };
    const handle = app.withMain(() => mountEach(doc, { watch: relisting })).update({ live: true });
    const result = handle.result();
    await isWaiting.promise;
    await handle.stop();
    await result;
    expect(outside()).to.deep.equal(["a", "b"]);
    expect(test.caught).to.deep.equal([]);
  });

  for (const [what, main] of Object.entries({
    "a listing": () => mountEach(doc, { watch: impatient }),
    "a `process`": () => mount("docs", Impatient),
  })) {
    it(`ends when the source of ${what} fails, in a run that is not live`, async () => {
      await app.update(main);
      expect(test.caught.map(({ error }) => error)).to.deep.equal([late]);
    });

    it(`ends when the source of ${what} fails, in a live run that is stopped, after a retry`, async () => {
      const handle = app.withMain(main).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.until(({ failingSources }) => failingSources[0]?.numFailures === 1);
      isWaiting = Promise.withResolvers();
      clock.advance(1000);
      await watch.until(({ failingSources }) => failingSources[0]?.numFailures === 2);
      await handle.stop();
      await watch.ended;
      expect(watch.last?.stats.total.numInProgress).to.equal(0);
      expect(handle.failures().map(({ error }) => error)).to.deep.equal([late, late]);
      expect(outside()).to.deep.equal(["a"]);
    });
  }
});
