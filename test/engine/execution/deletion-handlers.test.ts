import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  declareTargetState,
  exceptionHandler,
  fn,
  LiveMap,
  mount,
  mountEach,
  type ExceptionContext,
} from "../../../lib/index.ts";
import { FakeClock } from "../../fake-clock.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { until } from "../../until.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "../live/live-watch.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("A deletion that fails is handed to the handler", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  const boom = new Error("locked");
  let log: [handler: string, context: ExceptionContext][];

  const doc = fn({ memo: true }, function doc(text: string) {
    declareTargetState(target.provider, text, text);
  });
  const failRemovals = (): void => {
    target.onApply = (actions) => {
      if (actions.some(({ kind }) => kind === "remove")) throw boom;
    };
  };
  const pairs = (...texts: string[]) => texts.map((text) => [text, text] as const);
  const scope = <T>(name: string, body: () => T, rethrows = false): T =>
    exceptionHandler((error, context) => {
      log.push([name, context]);
      if (rethrows) throw error;
    }, body);
  const asked = (): string[] => log.map(([name]) => name);

  beforeEach(() => {
    log = [];
  });

  it("around the `mountEach` that would have mounted the item, innermost first", async () => {
    const run = (rethrows: boolean, ...texts: string[]) =>
      app.update(() => scope("outer", () => scope("inner", () => mountEach("docs", doc, pairs(...texts)), rethrows)));
    await run(false, "a", "b");
    failRemovals();
    expect(await run(false, "a")).to.deep.equal({ doc: { starts: 2, unchanged: 1, errors: 1 } });
    expect(asked()).to.deep.equal(["inner"]);
    expect(log[0]?.[1]).to.deep.include({
      component: "doc",
      path: '/"docs"/"b"',
      parentPath: "/",
      mountKind: "delete",
    });
    await run(true, "a");
    expect(asked()).to.deep.equal(["inner", "inner", "outer"]);
    expect(test.caught).to.deep.equal([]);
  });

  it("of the place that owns the item, where several `mountEach` calls share a component", async () => {
    const run = (...texts: string[]) =>
      app.update(async () => {
        await scope("one", () => mountEach("one", doc, pairs(...texts.map((text) => `1${text}`))));
        await scope("two", () => mountEach("two", doc, pairs(...texts.map((text) => `2${text}`))));
      });
    await run("a", "b");
    failRemovals();
    await run("a");
    expect(log.map(([name, { path }]) => `${name} ${path}`).toSorted()).to.deep.equal([
      'one /"one"/"1b"',
      'two /"two"/"2b"',
    ]);
  });

  it("around the mount of the component that has mounted it, and for everything below", async () => {
    const page = fn(async function page(text: string) {
      await mount("doc", doc, text);
    });
    const section = fn(async function section(hasPage: boolean) {
      if (hasPage) await mount("page", page, "a");
    });
    const run = (hasPage: boolean) => app.update(() => scope("section", () => mount(section, hasPage)));
    await run(true);
    failRemovals();
    await run(false);
    expect(log.map(([name, { component }]) => `${name} ${component}`)).to.deep.equal(["section doc"]);
    expect(test.caught).to.deep.equal([]);
  });

  it("around the mount of the component that has mounted it, at a retry of a later run, memo hit or not", async () => {
    for (const memo of [true, false]) {
      log = [];
      const section = fn({ memo, name: `section ${memo}` }, async function section(hasPage: boolean) {
        if (hasPage) await mount("page", doc, `page of ${memo}`);
      });
      const run = (hasPage: boolean) => app.update(() => scope("section", () => mount(section, hasPage)));
      target.onApply = undefined;
      await run(true);
      failRemovals();
      await run(false);
      expect((await run(false))[`section ${memo}`]).to.deep.equal({
        starts: 1,
        [memo ? "unchanged" : "reprocesses"]: 1,
      });
      expect(asked()).to.deep.equal(["section", "section"]);
      target.onApply = undefined;
      await run(false);
      expect(target.outside.size).to.equal(0);
    }
    expect(test.caught).to.deep.equal([]);
  });

  it("around a live source, at the first attempt and at each retry", async () => {
    const clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    const map = new LiveMap(pairs("a", "b", "c"));
    const handle = app.withMain(() => scope("live", () => mountEach(doc, map))).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    failRemovals();
    map.delete("a");
    await until(() => clock.due.some((at) => at <= 1000), { next: setImmediate, explain: () => clock.due });
    clock.advance(1000);
    await until(() => log.length === 2, { next: setImmediate, explain: asked });
    expect(asked()).to.deep.equal(["live", "live"]);
    target.onApply = undefined;
    clock.advance(2000);
    await until(() => !target.outside.has("a"), { next: setImmediate, explain: () => clock.due });
    await handle.stop();
    expect(test.caught).to.deep.equal([]);
  });

  it("of the environment, when no scope is known", async () => {
    await app.update(() => scope("docs", () => mountEach("docs", doc, pairs("a"))));
    failRemovals();
    await app.update(() => {});
    expect(asked()).to.deep.equal([]);
    expect(test.caught.map(({ error, context }) => [error, context.mountKind])).to.deep.equal([[boom, "delete"]]);
  });
});
