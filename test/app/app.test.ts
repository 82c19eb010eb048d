import { expect } from "chai";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { App, Environment, fn, mount, statsGroup } from "../../lib/index.ts";
import { stateOf } from "../../lib/app/environment.ts";
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

  it("refuses a name, a config or a main function that is none, and says what it got", () => {
    // What JavaScript lets through.
    const make = (nameOrConfig: unknown, body: unknown = main) => new App(nameOrConfig as string, body as typeof main);
    const cases: [act: () => unknown, message: string][] = [
      [() => make(""), 'Cannot make an app: `name` must be a non-empty string, got ""'],
      [() => make({ name: 5, environment }), "Cannot make an app: `name` must be a non-empty string, got 5"],
      [() => make({ environment }), "Cannot make an app: it needs a `name`"],
      [() => make(null), "Cannot make an app: the options must be an object, got null"],
      [() => make(undefined), "Cannot make an app: the options must be an object, got undefined"],
      [
        () => make({ name: "app", environment: {} }),
        "Cannot make an app: `environment` must be an Environment of this copy of the package, got {}",
      ],
      [() => make({ name: "app", maxInflight: 5 }), "Cannot make an app: there is no option `maxInflight`"],
      [() => make("app", "main"), 'Cannot make app "app": `main` must be a function, got "main"'],
      [() => make("app", null), 'Cannot make app "app": `main` must be a function, got null'],
    ];
    for (const [act, message] of cases) expect(act, message).to.throw(TypeError, message);
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

  it("refuses options that do not exist, and wrong values (a bug once: a wrong `onException` swallowed failures)", () => {
    const make = (options: unknown) => new Environment(options as { name?: string });
    const cases: [options: unknown, message: string][] = [
      [null, "the options must be an object, got null"],
      [{ onException: "log" }, '`onException` must be a function, got "log"'],
      [{ meterProvider: true }, "`meterProvider` must be a MeterProvider, got true"],
      [{ meterProvider: {} }, "`meterProvider` must be a MeterProvider, got {}"],
      [{ name: 5 }, "`name` must be a string, got 5"],
      [{ dbPath: "" }, '`dbPath` must be the path of a folder, got ""'],
      [{ dbpath: "state" }, "there is no option `dbpath`"],
    ];
    for (const [options, message] of cases) {
      expect(() => make(options), message).to.throw(TypeError, `Cannot make an environment: ${message}`);
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
  it("is over, for the run and its groups, before the run resolves", async () => {
    await using test = await createTestEnvironment();
    const log: string[] = [];
    stateOf(test.environment).stdoutReporter = async (report, { intervalMs }) => {
      for await (const { final } of report.watch()) if (final) break;
      for (let turn = 0; turn < 10; turn++) await setImmediate();
      log.push(`${report.title ?? "run"} every ${intervalMs} ms`);
    };
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
