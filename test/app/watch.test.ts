import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { App, fn, mount, mountEach, type UpdateHandle, type UpdateSnapshot } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";

describe("UpdateHandle.watch", () => {
  const test = useTestEnvironment();
  let gate: PromiseWithResolvers<void>;

  beforeEach(() => {
    gate = Promise.withResolvers();
  });

  /** An app that mounts one component that ends at once and one that waits for the gate. */
  function update(): UpdateHandle<string> {
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      await mount(function quick() {});
      await mount(async function slow() {
        await gate.promise;
      });
      return "value";
    });
    return app.update();
  }

  it("starts the run by being called", async () => {
    const started = Promise.withResolvers<void>();
    const handle = new App({ name: "app", environment: test.environment }, async function main() {
      started.resolve();
      await gate.promise;
    }).update();
    expect(handle.stats()).to.equal(null);
    void handle.watch();
    await started.promise;
    expect(handle.stats()?.total).to.deep.include({ numExecutionStarts: 1, numInProgress: 1 });
    gate.resolve();
    await handle;
    expect(handle.stats()?.total).to.deep.include({ numExecutionStarts: 1, numAdds: 1 });
  });

  it("gives running states, then a final ready one with the result", async () => {
    const snapshots: UpdateSnapshot<string>[] = [];
    for await (const snapshot of update().watch()) {
      snapshots.push(snapshot);
      if (snapshot.stats.byComponent["slow"]?.numInProgress === 1) gate.resolve();
    }
    const last = snapshots.pop();
    expect(snapshots).not.to.have.length(0);
    for (const snapshot of snapshots) {
      expect(snapshot).to.deep.include({ status: "running", result: null, final: false });
    }
    expect(last).to.deep.include({ status: "ready", result: "value", final: true });
    expect(last?.stats.total).to.deep.include({ numFinished: 3, numInProgress: 0 });
    expect(last?.elapsedMs).to.be.at.least(snapshots.at(-1)!.elapsedMs);
  });

  it("never goes back in what it counts", async () => {
    const doc = fn(function doc(index: number) {
      if (index % 10 === 0) throw new Error("boom");
    });
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      await mountEach(
        doc,
        Array.from({ length: 2000 }, (_, index) => [index, index]),
      );
    });
    let numFinished = 0;
    for await (const { stats } of app.update().watch()) {
      expect(stats.total.numFinished).to.be.at.least(numFinished);
      ({ numFinished } = stats.total);
    }
    expect(numFinished).to.equal(2001);
  });

  it("gives several watchers everything", async () => {
    const handle = update();
    const watchers = [1, 2, 3].map(async () => {
      const statuses: string[] = [];
      for await (const snapshot of handle.watch()) {
        statuses.push(snapshot.status);
        if (snapshot.stats.byComponent["slow"]?.numInProgress === 1) gate.resolve();
      }
      return statuses;
    });
    for (const statuses of await Promise.all(watchers)) {
      expect(statuses[0]).to.equal("running");
      expect(statuses.indexOf("ready")).to.equal(statuses.length - 1);
    }
  });

  it("gives a late watcher the present state first", async () => {
    const handle = update();
    for await (const { stats } of handle.watch()) if (stats.byComponent["quick"]?.numAdds === 1) break;
    const late = handle.watch()[Symbol.asyncIterator]();
    const { value } = (await late.next()) as { value: UpdateSnapshot<string> };
    expect(value.stats.byComponent["quick"]?.numAdds).to.equal(1);
    gate.resolve();
    await late.return?.();
    await handle;
  });

  it("gives one who comes after the end the final state", async () => {
    gate.resolve();
    const handle = update();
    await handle;
    const snapshots: UpdateSnapshot<string>[] = [];
    for await (const snapshot of handle.watch()) snapshots.push(snapshot);
    expect(snapshots).to.have.length(1);
    expect(snapshots[0]).to.deep.include({ status: "ready", result: "value", final: true });
    expect(snapshots[0]?.stats).to.equal(handle.stats());
  });

  it("does not hold up the run or the others while a watcher is slow", async () => {
    const handle = update();
    const slow = handle.watch()[Symbol.asyncIterator]();
    await slow.next();
    for await (const { stats } of handle.watch()) if (stats.byComponent["slow"]?.numInProgress === 1) gate.resolve();
    expect(await handle).to.equal("value");
    const { value } = (await slow.next()) as { value: UpdateSnapshot<string> };
    expect(value, "the newest state").to.deep.include({ status: "ready", final: true });
    expect((await slow.next()).done).to.equal(true);
  });

  it("ends the watching, not the run, when the loop is left", async () => {
    const handle = update();
    for await (const _snapshot of handle.watch()) break;
    const error = new Error("enough");
    const thrown = failureOf(async () => {
      for await (const _snapshot of handle.watch()) throw error;
    });
    expect(await thrown).to.equal(error);
    gate.resolve();
    expect(await handle).to.equal("value");
  });

  it("ends the watching, not the run, when its signal is aborted", async () => {
    const handle = update();
    const stop = new AbortController();
    const reason = new Error("enough");
    const watching = failureOf(async () => {
      for await (const _snapshot of handle.watch({ signal: stop.signal })) stop.abort(reason);
    });
    expect(await watching).to.equal(reason);
    gate.resolve();
    expect(await handle).to.equal("value");
  });

  it("ends with its signal also while the run waits for its turn", async () => {
    const [first, second] = [update(), update()];
    const running = first.result();
    const stop = new AbortController();
    const reason = new Error("enough");
    const watching = failureOf(async () => {
      for await (const _snapshot of second.watch({ signal: stop.signal }));
    });
    stop.abort(reason);
    expect(await watching).to.equal(reason);
    gate.resolve();
    expect(await Promise.all([running, second])).to.deep.equal(["value", "value"]);
  });

  it("starts nothing when its signal is aborted already, until somebody else does", async () => {
    const handle = update();
    const reason = new Error("enough");
    const watch = handle.watch({ signal: AbortSignal.abort(reason) });
    for (const _time of [1, 2]) {
      expect(await failureOf(() => watch[Symbol.asyncIterator]().next())).to.equal(reason);
    }
    await handle.stop();
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(handle.stats()).to.equal(null);
    gate.resolve();
    expect(await handle).to.equal("value");
  });

  for (const leave of ["return", "throw"] as const) {
    it(`is left at once by \`${leave}\`, while the run is at work, waits for its turn or has not counted anything`, async () => {
      const [first, second] = [update(), update()];
      const error = new Error("enough");
      for (const handle of [first, second]) {
        const watch = handle.watch()[Symbol.asyncIterator]();
        if (handle === first) while ((await watch.next()).value.stats.byComponent["quick"]?.numAdds !== 1);
        const next = watch.next();
        const left = watch[leave]!(error).catch((thrown: unknown) => thrown);
        expect(await next).to.deep.equal({ done: true, value: undefined });
        expect(await left).to.deep.equal(leave === "throw" ? error : { done: true, value: undefined });
      }
      gate.resolve();
      expect(await Promise.all([first, second])).to.deep.equal(["value", "value"]);
    });
  }

  it("throws the reason when its signal is aborted already", async () => {
    gate.resolve();
    const handle = update();
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    expect(await failureOf(() => handle.watch({ signal })[Symbol.asyncIterator]().next())).to.equal(reason);
    expect(await handle).to.equal("value");
  });
});
