import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import { fn, mount, type LiveComponent, type LiveComponentOperator } from "../../../lib/index.ts";
import { FakeClock } from "../../fake-clock.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";

describe("The oldest change of a live run", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  let clock: FakeClock;
  /** What is at work, each until it is called. */
  let working: Record<string, () => void>;
  let live: (operator: LiveComponentOperator, watch: LiveWatch<unknown>) => Promise<void>;

  beforeEach(() => {
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    working = {};
  });

  const work = (name: string): Promise<void> => new Promise((resolve) => (working[name] = resolve));
  const item = fn({ name: "item" }, work);

  /** Runs a component whose every `process`, from the second on, is at work as well. */
  async function run(): Promise<void> {
    const watch = Promise.withResolvers<LiveWatch<unknown>>();
    const outcome = Promise.withResolvers<void>();
    let numFull = 0;
    class Items implements LiveComponent {
      async process(): Promise<void> {
        if (numFull++ > 0) await work(`full ${numFull}`);
      }

      async processLive(operator: LiveComponentOperator): Promise<void> {
        await operator.updateFull();
        await operator.markReady();
        const watching = await watch.promise;
        await watching.untilReady(1);
        await live(operator, watching).then(outcome.resolve, outcome.reject);
      }
    }
    const handle = app.withMain(() => mount(Items)).update({ live: true });
    watch.resolve(new LiveWatch(handle));
    await outcome.promise;
    await handle;
    expect(handle.failures()).to.deep.equal([]);
  }

  /** Waits until `name` is in progress, and expects the oldest pending change to have come at `ms`. */
  const expectOldest = async (watch: LiveWatch<unknown>, ms: number, name: string): Promise<void> => {
    await watch.until(() => working[name] !== undefined);
    expect(watch.last?.oldestChangeAt?.getTime()).to.equal(ms);
  };

  it("is the first change of a key that has not been applied, also when newer changes have superseded it", async () => {
    live = async (operator, watch) => {
      for (const name of ["first", "second", "third"]) {
        clock.advance(10);
        await operator.update("k", item, name);
      }
      await expectOldest(watch, 10, "first");
      working["first"]!();
      await expectOldest(watch, 20, "third");
      working["third"]!();
      await watch.untilReady();
      expect(watch.last?.oldestChangeAt).to.equal(null);
    };
    await run();
  });

  it("is the first full update that was asked for, also when another has superseded it", async () => {
    live = async (operator, watch) => {
      clock.advance(10);
      await operator.update("k", item, "first");
      clock.advance(10);
      void operator.updateFull();
      clock.advance(10);
      void operator.updateFull();
      working["first"]!();
      await expectOldest(watch, 20, "full 2");
      working["full 2"]!();
      await watch.untilReady();
      expect(watch.last?.oldestChangeAt).to.equal(null);
    };
    await run();
  });

  it("is no change that a full update has applied (bug: it was, for the next change of that key)", async () => {
    live = async (operator, watch) => {
      clock.advance(10);
      await operator.update("k", item, "first");
      clock.advance(10);
      await operator.update("k", item, "second");
      const full = operator.updateFull();
      working["first"]!();
      await expectOldest(watch, 20, "full 2");
      clock.advance(10);
      await operator.update("k", item, "third");
      working["full 2"]!();
      await full;
      await expectOldest(watch, 30, "third");
      working["third"]!();
      await watch.untilReady();
      clock.advance(1000);
      await operator.update("k", item, "fourth");
      await expectOldest(watch, 1030, "fourth");
      working["fourth"]!();
    };
    await run();
  });
});
