import { expect } from "chai";
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import {
  App,
  declareTargetState,
  exceptionHandler,
  fn,
  memoKey,
  memoState,
  mount,
  mountEach,
  statsGroup,
  useMount,
  type Memoizable,
  type StableKey,
  type StatsGroupHandle,
  type UpdateHandle,
} from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

const never = (): Promise<never> => new Promise(() => {});

describe("An aborted run", () => {
  const reason = { why: "enough" };
  const target = useRecordingTarget();
  const test = useTestEnvironment();
  let stop: AbortController;

  beforeEach(() => {
    stop = new AbortController();
  });

  function update(main: () => unknown, maxInflightComponents = 1024): UpdateHandle<unknown> {
    return createApp(main, maxInflightComponents).update({ signal: stop.signal });
  }

  function createApp(main: () => unknown, maxInflightComponents = 1024): App<never[]> {
    return new App({ name: "app", environment: test.environment, maxInflightComponents }, fn({ name: "main" }, main));
  }

  /** Expects that a run rejects with the reason and leaves nothing in progress, now or later. */
  async function expectAborted(handle: UpdateHandle<unknown>): Promise<void> {
    expect(await failureOf(handle.result())).to.equal(reason);
    const stats = handle.stats();
    expect(stats?.total).to.deep.include({ numInProgress: 0, numQueued: 0, numErrors: 0 });
    for (const { numExecutionStarts, numFinished } of Object.values(stats!.byComponent)) {
      expect(numExecutionStarts).to.equal(numFinished);
    }
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    expect(handle.stats(), "nothing is counted after the end").to.deep.equal(stats);
  }

  const leaf = fn(function leaf(text: StableKey) {
    declareTargetState(target.provider, text, "value");
  });

  it("rejects with the reason before it starts, and runs nothing", async () => {
    let numRuns = 0;
    stop.abort(reason);
    const handle = update(() => numRuns++);
    expect(await failureOf(handle.result())).to.equal(reason);
    expect(await failureOf(() => handle.watch()[Symbol.asyncIterator]().next())).to.equal(reason);
    expect(numRuns).to.equal(0);
    expect(handle.stats()).to.equal(null);
  });

  it("rejects with the signal's own reason when none was given", async () => {
    stop.abort();
    expect(await failureOf(update(() => {}).result())).to.have.property("name", "AbortError");
  });

  it("rejects while it waits for its turn, and the one after it still waits", async () => {
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const app = createApp(async () => {
      log.push("begins");
      await gate.promise;
      log.push("ends");
    });
    const first = app.update().result();
    const second = app.update({ signal: stop.signal });
    const waiting = failureOf(second.result());
    const third = app.update().result();
    while (log.length === 0) await setImmediate();
    stop.abort(reason);
    expect(await waiting).to.equal(reason);
    expect(second.stats()).to.equal(null);
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(log).to.deep.equal(["begins"]);
    gate.resolve();
    await Promise.all([first, third]);
    expect(log).to.deep.equal(["begins", "ends", "begins", "ends"]);
  });

  describe("ends", () => {
    const cases: Record<string, () => unknown> = {
      "the main function": never,
      "a mounted component": () => mount(fn({ name: "stuck" }, never)),
      "a component whose value is used": () => useMount(fn({ name: "stuck" }, never)),
      "a component deep below": () =>
        mount(async function outer() {
          await useMount(async function inner() {
            await mountEach(
              fn({ name: "stuck" }, (_value: number) => never()),
              [
                [1, 1],
                [2, 2],
              ],
            );
          });
        }),
      "the iterator of `mountEach`": () =>
        mountEach(
          leaf,
          (async function* items() {
            yield ["a", "a"] as const;
            await never();
          })(),
        ),
      "the body of a stats group": () => statsGroup("Group", never),
      "an exception handler": () =>
        exceptionHandler(never, () =>
          mount(async function waiting() {
            await never();
          }),
        ),
    };
    for (const [what, main] of Object.entries(cases)) {
      it(`although ${what} never settles`, async () => {
        const handle = update(main);
        for await (const { stats } of handle.watch()) {
          if (stats.total.numExecutionStarts > 0) break;
        }
        await setImmediate();
        stop.abort(reason);
        await expectAborted(handle);
      });
    }
  });

  it("ends although an argument never says whether it has changed, and counts nothing when it does later", async () => {
    const answer = Promise.withResolvers<never>();
    let isSlow = false;
    const asked = Promise.withResolvers<void>();
    const argument: Memoizable = {
      [memoKey]: () => "argument",
      [memoState]() {
        if (!isSlow) return { state: 1, isValid: true };
        asked.resolve();
        return answer.promise;
      },
    };
    const doc = fn({ memo: true }, function doc(_argument: Memoizable) {});
    const main = () => mount(doc, argument);
    await createApp(main).update();
    isSlow = true;
    const handle = update(main);
    const result = failureOf(handle.result());
    await asked.promise;
    stop.abort(reason);
    expect(await result).to.equal(reason);
    answer.reject(new Error("too late"));
    await expectAborted(handle);
  });

  it("rejects components that wait for a slot, and starts no more", async () => {
    const started: number[] = [];
    const handle = update(() => {
      const each = fn(async function each(index: number) {
        started.push(index);
        await never();
      });
      return mountEach(
        each,
        Array.from({ length: 10 }, (_, index) => [index, index]),
      );
    }, 2);
    for await (const { stats } of handle.watch()) {
      if (stats.total.numQueued === 1) break;
    }
    stop.abort(reason);
    await expectAborted(handle);
    expect(started).to.deep.equal([0, 1]);
    expect(countsByComponent(handle.stats())).to.deep.equal({});
  });

  it("throws the reason to its watchers, and to those of its stats groups", async () => {
    const watching: Promise<unknown>[] = [];
    let group: StatsGroupHandle | undefined;
    const handle = update(() =>
      statsGroup("Group", async (opened) => {
        group = opened;
        watching.push(failureOf(drain(opened)));
        await mount(leaf, "a");
        await mount("stuck", async function stuck() {
          stop.abort(reason);
          await never();
        });
      }),
    );
    watching.push(failureOf(drain(handle)));
    await expectAborted(handle);
    expect(await Promise.all(watching)).to.deep.equal([reason, reason]);
    expect(group?.stats()?.total.numInProgress).to.equal(0);
    expect(await failureOf(drain(group!))).to.equal(reason);
  });

  it("gives nothing to the exception handlers, and keeps no failure", async () => {
    const handle = update(() =>
      mount(async function stuck() {
        stop.abort(reason);
        await never();
      }),
    );
    await expectAborted(handle);
    expect(test.caught).to.deep.equal([]);
    expect(handle.failures()).to.deep.equal([]);
  });

  it("finishes the batch that is being written, and counts its components", async () => {
    const gate = Promise.withResolvers<void>();
    const applying = Promise.withResolvers<void>();
    target.onApply = () => {
      applying.resolve();
      return gate.promise;
    };
    const handle = update(() => mount(leaf, "a"));
    const result = failureOf(handle.result());
    await applying.promise;
    stop.abort(reason);
    await setImmediate();
    gate.resolve();
    expect(await result).to.equal(reason);
    expect([...target.outside.keys()]).to.deep.equal(["a"]);
    expect(countsByComponent(handle.stats())).to.deep.equal({ leaf: { starts: 1, adds: 1 } });
    await expectAborted(handle);
  });

  it("rejects also when it comes during the last deletions, and they are finished", async () => {
    await createApp(() => mount(leaf, "a")).update();
    target.onApply = () => stop.abort(reason);
    const handle = update(() => {});
    await expectAborted(handle);
    expect(target.outside.size).to.equal(0);
    expect(countsByComponent(handle.stats())["leaf"]).to.deep.equal({ starts: 1, deletes: 1 });
  });

  it("can be followed by one that completes", async () => {
    let isStuck = true;
    const main = async (): Promise<string> => {
      await (await mount("done", leaf, "done")).ready();
      if (isStuck) {
        stop.abort(reason);
        await never();
      }
      await mount("late", leaf, "late");
      return "value";
    };
    await expectAborted(update(main));
    isStuck = false;
    const handle = createApp(main).update();
    expect(await handle).to.equal("value");
    expect(handle.stats()?.byComponent["leaf"]).to.deep.include({ numReprocesses: 1, numAdds: 1 });
    expect([...target.outside.keys()]).to.deep.equal(["done", "late"]);
  });

  it("is not a run that has ended already", async () => {
    const handle = update(() => "value");
    expect(await handle).to.equal("value");
    stop.abort(reason);
    expect(await handle.result()).to.equal("value");
    expect(getEventListeners(stop.signal, "abort")).to.deep.equal([]);
  });

  async function drain(watched: { watch(): AsyncIterable<unknown> }): Promise<void> {
    for await (const _snapshot of watched.watch());
  }
});
