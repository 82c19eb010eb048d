import { expect } from "chai";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { App, Environment, fn, mount, statsGroup } from "../../lib/index.ts";
import { setStdoutReporter } from "../../lib/app/stdout-reporting.ts";
import { reportOnStdout } from "../../lib/report/terminal/stdout-reporter.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment } from "../test-environment.ts";

describe("App", () => {
  const environment = new Environment({ dbPath: "never opened" });
  const main = fn(function main(..._args: unknown[]) {});

  it("takes a name or a config, a main function and its arguments", async () => {
    const calls: unknown[][] = [];
    await using test = await createTestEnvironment();
    const config = { name: "app", environment: test.environment };
    const app = new App(config, (...args: unknown[]) => calls.push(args), "a", { b: 1 });
    await app.update();
    expect(calls).to.deep.equal([["a", { b: 1 }]]);
    expect(app.name).to.equal("app");
    expect(app.environment).to.equal(test.environment);
    expect(app.maxInflightComponents).to.equal(1024);
  });

  it("calls the component of a function without a name `main`", async () => {
    await using test = await createTestEnvironment();
    const handle = new App({ name: "app", environment: test.environment }, () => {}).update();
    await handle;
    expect(Object.keys(handle.stats()!.byComponent)).to.deep.equal(["main"]);
  });

  it("refuses a name that is none, and a main function that is none", () => {
    expect(() => new App("", main)).to.throw(TypeError, /name/);
    expect(() => new App({ name: 5 as unknown as string, environment }, main)).to.throw(TypeError);
    expect(() => new App({ name: "app", environment }, "main" as unknown as () => void)).to.throw(TypeError);
  });

  it("refuses a number of slots that is no positive integer", () => {
    for (const maxInflightComponents of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new App({ name: "app", environment, maxInflightComponents }, main)).to.throw(
        RangeError,
        `\`maxInflightComponents\` must be a positive integer, got ${maxInflightComponents}`,
      );
    }
  });

  it("keeps the state of apps apart by name", async () => {
    await using test = await createTestEnvironment();
    const doc = fn({ memo: true }, function doc() {});
    const update = async (name: string) => {
      const handle = new App({ name, environment: test.environment }, () => mount(doc)).update();
      await handle;
      return handle.stats()?.byComponent["doc"];
    };
    expect((await update("one"))?.numAdds).to.equal(1);
    expect((await update("two"))?.numAdds).to.equal(1);
    expect((await update("one"))?.numUnchanged).to.equal(1);
    expect(await test.environment.apps()).to.deep.equal(["one", "two"]);
  });
});

describe("Environment", () => {
  it("opens nothing before it is needed, and finds its state again", async () => {
    await using folder = await createTempFolder();
    const dbPath = join(folder.path, "deep", "db");
    const doc = fn({ memo: true }, function doc() {});
    for (const expected of ["numAdds", "numUnchanged"] as const) {
      await using environment = new Environment({ dbPath });
      const handle = new App({ name: "app", environment }, () => mount(doc)).update();
      await handle;
      expect(handle.stats()?.byComponent["doc"]?.[expected]).to.equal(1);
    }
  });

  it("has its folder from the option, else from TIDEMARK_DB, else a default", () => {
    const before = process.env["TIDEMARK_DB"];
    try {
      process.env["TIDEMARK_DB"] = "/from/the/variable";
      expect(new Environment({ dbPath: "/given" }).dbPath).to.equal("/given");
      expect(new Environment().dbPath).to.equal("/from/the/variable");
      delete process.env["TIDEMARK_DB"];
      expect(new Environment().dbPath).to.match(/\.tidemark$/);
    } finally {
      if (before === undefined) delete process.env["TIDEMARK_DB"];
      else process.env["TIDEMARK_DB"] = before;
    }
  });

  it("fails the update, and not the next one, when its store cannot be opened", async () => {
    await using folder = await createTempFolder();
    const dbPath = join(folder.path, "db");
    const app = (environment: Environment) => new App({ name: "app", environment }, () => "value");
    await using second = new Environment({ dbPath });
    {
      await using first = new Environment({ dbPath });
      await app(first).update();
      expect((await failureOf(app(second).update().result())).code).to.equal("STORE_LOCKED");
    }
    expect(await app(second).update()).to.equal("value");
  });
});

describe("Printing progress", () => {
  afterEach(() => setStdoutReporter(reportOnStdout));

  it("is over, for the run and its groups, before the run resolves", async () => {
    await using test = await createTestEnvironment();
    const log: string[] = [];
    setStdoutReporter(async (source, { intervalMs }) => {
      for await (const { final } of source.watch()) if (final) break;
      for (let turn = 0; turn < 10; turn++) await setImmediate();
      log.push(`${source.title ?? "run"} every ${intervalMs} ms`);
    });
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      await statsGroup("Docs", { reportToStdout: 50 }, () => mount(function doc() {}));
      await statsGroup("Quiet", () => mount(function code() {}));
    });
    await app.update({ reportToStdout: true });
    expect(log).to.have.members(["run every 1000 ms", "Docs every 50 ms"]);
    log.length = 0;
    await app.update();
    expect(log).to.deep.equal(["Docs every 50 ms"]);
  });
});
