import { expect } from "chai";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { App, declareTargetState, Environment, fn, mount, mountEach, TidemarkError } from "../../lib/index.ts";
import { defineRecordingTarget } from "../engine/targets/recording-target.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment, useTestEnvironment } from "../test-environment.ts";

describe("Updates at the same time", () => {
  const test = useTestEnvironment();

  const child = fn(async function child(_index: number) {
    await setImmediate();
  });

  it("of one app run one after the other, in the order of starting", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const app = new App(
      { name: "app", environment: test.environment, maxInflightComponents: 1 },
      async function main() {
        const run = ++runs;
        log.push(`${run} begins`);
        if (run === 1) await gate.promise;
        await mountEach(child, [
          [1, 1],
          [2, 2],
        ]);
        log.push(`${run} ends`);
      },
    );
    const handles = [app.update(), app.update(), app.update()];
    const results = handles.map((handle) => handle.result());
    while (log.length === 0) await setImmediate();
    await setImmediate();
    expect(log, "the second one waits").to.deep.equal(["1 begins"]);
    expect(handles[1]?.stats(), "and has not started").to.equal(null);
    gate.resolve();
    await Promise.all(results);
    expect(log).to.deep.equal(["1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"]);
    expect(handles.map((handle) => handle.stats()?.total.numFinished)).to.deep.equal([3, 3, 3]);
  });

  it("of one app run also after one that failed", async () => {
    let runs = 0;
    const app = new App({ name: "app", environment: test.environment }, function main() {
      if (++runs === 1) throw new Error("boom");
      return runs;
    });
    const [first, second] = [failureOf(app.update().result()), app.update().result()];
    expect((await first).message).to.equal("boom");
    expect(await second).to.equal(2);
  });

  it("a drop waits for the update before it", async () => {
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      await setImmediate();
      await mount(child, 1);
    });
    const update = app.update().result();
    const drop = app.drop();
    await Promise.all([update, drop]);
    expect(drop.stats()?.total.numDeletes).to.equal(2);
    expect(await test.environment.apps()).to.deep.equal([]);
  });

  it("an update waits for the drop before it, and makes everything anew", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const target = defineRecordingTarget();
    const declaring = fn({ memo: true }, function declaring() {
      declareTargetState(target.provider, "key", "value");
      log.push("declared");
    });
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      await mount(declaring);
    });
    await app.update();
    target.onApply = async ([action]) => {
      log.push(action!.kind);
      if (action!.kind === "remove") await gate.promise;
    };
    const [drop, update] = [app.drop(), app.update()];
    const ends = [drop.result(), update.result()];
    while (!log.includes("remove")) await setImmediate();
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(update.stats(), "it has not started").to.equal(null);
    gate.resolve();
    await Promise.all(ends);
    expect(log).to.deep.equal(["declared", "remove", "declared", "write"]);
    expect(drop.stats()?.total.numDeletes).to.equal(2);
    expect(update.stats()?.total.numAdds).to.equal(2);
    expect([...target.outside]).to.deep.equal([["key", "value"]]);
  });

  it("of any kind take their turns in the order of starting, not of making", async () => {
    const log: string[] = [];
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      log.push("updated");
      await setImmediate();
    });
    const [update, drop, again] = [app.update(), app.drop(), app.drop()];
    await Promise.all([
      drop.result().then(() => log.push("dropped")),
      update.result(),
      again.result().then(() => log.push("dropped")),
    ]);
    expect(log).to.deep.equal(["dropped", "updated", "dropped"]);
    expect([drop, update, again].map((handle) => handle.stats()?.total.numFinished)).to.deep.equal([0, 1, 1]);
  });

  it("of one app by its name: another object of that name takes turns with it", async () => {
    const log: string[] = [];
    const create = () =>
      new App({ name: "app", environment: test.environment }, async function main() {
        log.push("begins");
        for (let turn = 0; turn < 3; turn++) await setImmediate();
        log.push("ends");
      });
    await Promise.all([create().update(), create().update()]);
    expect(log).to.deep.equal(["begins", "ends", "begins", "ends"]);
  });

  it("of two apps in one environment run side by side", async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { environment } = test;
    const left = new App({ name: "left", environment, maxInflightComponents: 1 }, async function main() {
      first.resolve();
      await second.promise;
      await mount(child, 1);
    });
    const right = new App({ name: "right", environment, maxInflightComponents: 1 }, async function main() {
      await first.promise;
      second.resolve();
      await mount(child, 1);
    });
    const handles = [left.update(), right.update()];
    await Promise.all(handles);
    expect(handles.map((handle) => handle.stats()?.total.numAdds)).to.deep.equal([2, 2]);
  });
});

describe("Environment.close", () => {
  it("aborts the runs in progress, and waits for their end", async () => {
    await using test = await createTestEnvironment();
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      await mount(function stuck() {
        started.resolve();
        return new Promise(() => {});
      });
    });
    const started = Promise.withResolvers<void>();
    const [running, waiting] = [app.update(), app.update()];
    const failures = [running, waiting].map((handle) => failureOf(handle.result()));
    await started.promise;
    await test.environment.close();
    for (const error of await Promise.all(failures)) {
      expect(error).to.be.instanceOf(TidemarkError);
      expect(error.code).to.equal("ENVIRONMENT_CLOSED");
    }
    expect(running.stats()?.total).to.deep.include({ numInProgress: 0, numQueued: 0, numErrors: 0 });
    expect(waiting.stats()).to.equal(null);
  });

  it("makes updates that start later fail", async () => {
    await using test = await createTestEnvironment();
    const app = new App({ name: "app", environment: test.environment }, function main() {});
    await app.update();
    await Promise.all([test.environment.close(), test.environment.close()]);
    await test.environment.close();
    for (const handle of [app.update(), app.drop()]) {
      expect((await failureOf(handle.result())).code).to.equal("ENVIRONMENT_CLOSED");
      expect((await failureOf(() => handle.watch()[Symbol.asyncIterator]().next())).code).to.equal(
        "ENVIRONMENT_CLOSED",
      );
    }
    expect((await failureOf(test.environment.apps())).code).to.equal("ENVIRONMENT_CLOSED");
  });

  it("is the end also when nothing has run: no store is made", async () => {
    await using folder = await createTempFolder();
    const dbPath = join(folder.path, "db");
    const environment = new Environment({ dbPath });
    await environment.close();
    const app = new App({ name: "app", environment }, function main() {});
    expect((await failureOf(app.update().result())).code).to.equal("ENVIRONMENT_CLOSED");
    expect(existsSync(dbPath)).to.equal(false);
  });
});
