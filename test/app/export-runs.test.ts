import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { App, Environment, fn, mount, mountEach } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { createMetricHost, type ExportedPoint, type MetricHost } from "./metric-host.ts";

describe("Exported updates", () => {
  let host: MetricHost;
  let test: TestEnvironment;

  beforeEach(async () => {
    host = createMetricHost();
    test = await createTestEnvironment({ meterProvider: host.provider });
  });

  afterEach(async () => {
    await test[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  async function pointsOf(name: string): Promise<readonly ExportedPoint[]> {
    return (await host.collect()).filter((point) => point.name === `tidemark.${name}`);
  }

  /** The values of an instrument, by the last of its attributes. */
  async function valuesOf(name: string): Promise<Record<string, number>> {
    const points = await pointsOf(name);
    return Object.fromEntries(points.map(({ attributes, value }) => [Object.values(attributes).at(-1), value]));
  }

  it("are counted by result, which are all there from the start", async () => {
    const stop = new AbortController();
    let born: Record<string, number> = {};
    let body: () => unknown = async () => {
      born = await valuesOf("run.completions");
    };
    const app = new App({ name: "runs", environment: test.environment }, () => body());
    await app.update();
    expect(born).to.deep.equal({ success: 0, error: 0, cancelled: 0 });
    body = () => {
      throw new Error("boom");
    };
    await failureOf(app.update().result());
    await failureOf(app.update().result());
    body = () => {
      stop.abort(new Error("enough"));
      return new Promise(() => {});
    };
    await failureOf(app.update({ signal: stop.signal }).result());
    expect(await valuesOf("run.completions")).to.deep.equal({ success: 1, error: 2, cancelled: 1 });
    expect(await valuesOf("run.duration")).to.deep.equal({ success: 1, error: 2, cancelled: 1 });
  });

  it("fail when the store cannot be opened, before anything has run", async () => {
    await using folder = await createTempFolder();
    const dbPath = join(folder.path, "file");
    await writeFile(dbPath, "");
    await using environment = new Environment({ dbPath, meterProvider: host.provider });
    await failureOf(new App({ name: "runs", environment }, () => {}).update().result());
    expect(await valuesOf("run.completions")).to.deep.equal({ success: 0, error: 1, cancelled: 0 });
    expect(await valuesOf("run.active")).to.deep.equal({ runs: 0 });
  });

  it("succeed when components failed: those are counted as errors", async () => {
    const app = new App({ name: "runs", environment: test.environment }, async function main() {
      await mount(function broken() {
        throw new Error("boom");
      });
    });
    await app.update();
    expect((await valuesOf("run.completions"))["success"]).to.equal(1);
  });

  it("do not include drops", async () => {
    const app = new App({ name: "runs", environment: test.environment }, () => {});
    await app.update();
    await app.drop();
    expect(await valuesOf("run.completions")).to.deep.equal({ success: 1, error: 0, cancelled: 0 });
  });

  it("are active while they run, with the times of their start and of the last success", async () => {
    const seen: ExportedPoint[] = [];
    let isBroken = true;
    const app = new App({ name: "runs", environment: test.environment, maxInflightComponents: 7 }, async () => {
      seen.push(...(await host.collect()));
      if (isBroken) throw new Error("boom");
    });
    await failureOf(app.update().result());
    const during = new Map(seen.map(({ name, value }) => [name, value]));
    expect(during.get("tidemark.run.active")).to.equal(1);
    const first = during.get("tidemark.run.start.timestamp")!;
    expect(during.get("tidemark.app.start.timestamp")).to.equal(first);
    expect(during.has("tidemark.run.last_success.timestamp"), "none yet").to.equal(false);
    expect(await valuesOf("run.active")).to.deep.equal({ runs: 0 });
    expect(await valuesOf("run.last_success.timestamp"), "it failed").to.deep.equal({});

    isBroken = false;
    await app.update();
    const second = (await valuesOf("run.start.timestamp"))["runs"]!;
    expect(second).to.be.at.least(first);
    expect((await valuesOf("run.last_success.timestamp"))["runs"]).to.be.at.least(second);
    expect((await valuesOf("app.start.timestamp"))["runs"]).to.equal(first);
  });

  it("have the number of slots in use, and their limit", async () => {
    const release = Promise.withResolvers<void>();
    const waiting = fn(async function waiting(_key: number) {
      await release.promise;
    });
    const app = new App({ name: "runs", environment: test.environment, maxInflightComponents: 3 }, async () => {
      await mountEach(
        waiting,
        [1, 2, 3, 4, 5].map((key) => [key, key] as const),
      );
    });
    const handle = app.update();
    const ended = handle.result();
    while (handle.stats()?.byComponent["waiting"]?.numInProgress !== 3) await setImmediate();
    expect(await valuesOf("concurrency.used")).to.deep.equal({ runs: 3 });
    expect(await valuesOf("concurrency.limit")).to.deep.equal({ runs: 3 });
    const [active] = (await pointsOf("component.active")).filter(
      ({ attributes }) => attributes["component"] === "waiting",
    );
    expect(active?.value).to.equal(3);
    const queued = (await pointsOf("queue.size")).reduce((sum, { value }) => sum + value, 0);
    expect(queued).to.equal(handle.stats()!.total.numQueued);
    release.resolve();
    await ended;
    expect(await valuesOf("concurrency.used")).to.deep.equal({ runs: 0 });
    expect(await valuesOf("concurrency.limit")).to.deep.equal({ runs: 3 });
  });

  it("have the times of components that ran, in seconds and by how they ended, and none of memo hits", async () => {
    const doc = fn({ memo: true }, async function doc(text: string) {
      if (text === "broken") throw new Error("boom");
      await setImmediate();
    });
    let texts = ["a", "b", "broken"];
    const app = new App({ name: "runs", environment: test.environment }, async () => {
      await mountEach(
        doc,
        texts.map((text) => [text, text] as const),
      );
    });
    await app.update();
    texts = ["a"];
    await app.update();
    const durations = (await pointsOf("component.duration")).filter(
      ({ attributes }) => attributes["component"] === "doc",
    );
    expect(Object.fromEntries(durations.map(({ attributes, value }) => [attributes["outcome"], value]))).to.deep.equal({
      adds: 2,
      errors: 1,
      deletes: 2,
    });
    const { sum } = durations.find(({ attributes }) => attributes["outcome"] === "adds")!;
    expect(sum).to.be.greaterThan(0);
  });

  it("of two environments with one provider add up under the name of the app", async () => {
    await using other = await createTestEnvironment({ meterProvider: host.provider });
    const apps = [test, other].map(
      ({ environment }) =>
        new App({ name: "shared", environment, maxInflightComponents: 5 }, async function main() {
          await mount(async function inner() {
            const [started] = (await host.collect()).filter(({ name }) => name === "tidemark.run.active");
            numActive.push(started!.value);
            if (numActive.length === 2) both.resolve();
            await both.promise;
          });
        }),
    );
    const numActive: number[] = [];
    const both = Promise.withResolvers<void>();
    await Promise.all(apps.map((app) => app.update().result()));
    expect(Math.max(...numActive)).to.equal(2);
    expect((await valuesOf("run.completions"))["success"]).to.equal(2);
    const starts = (await pointsOf("component.execution.starts")).filter(
      ({ attributes }) => attributes["component"] === "inner",
    );
    expect(starts.map(({ value }) => value)).to.deep.equal([2]);
  });
});
