import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { App, Environment, exceptionHandler, fn, mount, mountEach, useMount } from "../../lib/index.ts";
import type { ExceptionContext } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";

const boom = new Error("boom");

const broken = fn(function broken(_value?: number) {
  throw boom;
});

describe("exceptionHandler", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  let log: string[];

  beforeEach(() => {
    log = [];
  });

  it("is asked innermost first; the one that returns swallows the failure", async () => {
    await app.update(() =>
      exceptionHandler(
        () => void log.push("outer"),
        () =>
          exceptionHandler(
            () => void log.push("inner"),
            () => mount(broken),
          ),
      ),
    );
    expect(log).to.deep.equal(["inner"]);
    expect(test.caught).to.deep.equal([]);
  });

  it("hands its own error to the next outer handler, with the original error", async () => {
    const translated = new Error("translated");
    await app.update(() =>
      exceptionHandler(
        (error) => {
          expect(error).to.equal(boom);
          throw translated;
        },
        () => mount(broken),
      ),
    );
    const [failure] = test.caught;
    expect(failure?.error).to.equal(translated);
    expect(failure?.context).to.deep.include({ source: "handler", originalError: boom });
  });

  it("may be asynchronous", async () => {
    await app.update(() =>
      exceptionHandler(
        async () => {
          await setImmediate();
          throw new Error("late");
        },
        () => mount(broken),
      ),
    );
    expect(test.caught.map(({ error }) => (error as Error).message)).to.deep.equal(["late"]);
  });

  it("is told where the failure was", async () => {
    const contexts: ExceptionContext[] = [];
    await app.update(() =>
      mount("section", function section() {
        return exceptionHandler(
          (_error, context) => void contexts.push(context),
          async () => {
            await mount("one", broken);
            await mountEach("many", broken, [[1, 1]]);
          },
        );
      }),
    );
    const common = { environment: "test", component: "broken", parentPath: '/"section"', source: "component" };
    expect(contexts).to.have.deep.members([
      { ...common, path: '/"section"/"one"', mountKind: "mount" },
      { ...common, path: '/"section"/"many"/1', mountKind: "mountEach" },
    ]);
    expect(contexts[0]).to.satisfy(Object.isFrozen);
  });

  it("covers the components mounted in its body, awaited or not, and none outside", async () => {
    await app.update(async () => {
      await mount("before", broken);
      await exceptionHandler(
        (_error, { path }) => void log.push(path),
        async () => {
          await setImmediate();
          void mount("inside", broken);
        },
      );
      await mount("after", broken);
    });
    expect(log).to.deep.equal(['/"inside"']);
    expect(test.caught.map(({ context }) => context.path)).to.have.members(['/"before"', '/"after"']);
  });

  it("does not cover what the mounted components mount themselves", async () => {
    const section = fn(async function section() {
      await mount(broken);
    });
    await app.update(() =>
      exceptionHandler(
        () => void log.push("scoped"),
        () => mount(section),
      ),
    );
    expect(log).to.deep.equal([]);
    expect(test.caught.map(({ error }) => error)).to.deep.equal([boom]);
  });

  it("is not asked about a failure that `useMount` throws", async () => {
    await app.update(() =>
      exceptionHandler(
        () => void log.push("asked"),
        async () => {
          expect(await failureOf(useMount(broken))).to.equal(boom);
        },
      ),
    );
    expect(log).to.deep.equal([]);
  });

  it("changes neither the counters nor the recorded failures", async () => {
    const handle = app
      .withMain(() =>
        exceptionHandler(
          () => {},
          () => mount(broken),
        ),
      )
      .update();
    await handle;
    expect(handle.stats()?.byComponent["broken"]?.numErrors).to.equal(1);
    expect(handle.failures().map(({ error }) => error)).to.deep.equal([boom]);
  });

  it("returns the value of its body, and throws its error", async () => {
    await app.update(async () => {
      expect(
        exceptionHandler(
          () => {},
          () => 5,
        ),
      ).to.equal(5);
      expect(
        await exceptionHandler(
          () => {},
          async () => 6,
        ),
      ).to.equal(6);
      const error = new Error("from the body");
      expect(
        await failureOf(() =>
          exceptionHandler(
            () => void log.push("asked"),
            () => {
              throw error;
            },
          ),
        ),
      ).to.equal(error);
    });
    expect(log).to.deep.equal([]);
  });

  it("must be a function, inside a component", async () => {
    expect(
      (
        await failureOf(() =>
          exceptionHandler(
            () => {},
            () => {},
          ),
        )
      ).code,
    ).to.equal("OUTSIDE_COMPONENT");
    await app.update(async () => {
      // @ts-expect-error not a function
      expect(await failureOf(() => exceptionHandler("log", () => {}))).to.be.instanceOf(TypeError);
    });
  });
});

describe("A failure that nobody handles", () => {
  it("is logged once, with the original error, and the run goes on", async () => {
    await using folder = await createTempFolder();
    await using environment = new Environment({ dbPath: folder.path });
    const app = new App({ name: "app", environment }, async function main() {
      await mount("key", broken);
      return "value";
    });
    const { error: original } = console;
    const logged: unknown[][] = [];
    console.error = (...args: unknown[]) => void logged.push(args);
    try {
      expect(await app.update()).to.equal("value");
    } finally {
      console.error = original;
    }
    expect(logged).to.have.length(1);
    expect(logged[0]?.map(String).join(" ")).to.match(/broken.*\/"key".*boom/s);
  });
});
