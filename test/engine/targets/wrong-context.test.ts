import { AsyncResource } from "node:async_hooks";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { declareTargetState, fn, mount, mountEach, useMount, type TargetProvider } from "../../../lib/index.ts";
import { mountDirTarget, type DirTarget } from "../../../lib/connectors/localfs/index.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "./recording-target.ts";

/** Runs three jobs at once, all in the async context of the component that has added the last one. */
class Queue<T = void> {
  readonly #waiting: { job: () => T | PromiseLike<T>; done: PromiseWithResolvers<T> }[] = [];

  add(job: () => T | PromiseLike<T>): Promise<T> {
    const done = Promise.withResolvers<T>();
    this.#waiting.push({ job, done });
    if (this.#waiting.length === 3) this.#run();
    return done.promise;
  }

  #run(): void {
    for (const { done, job } of this.#waiting.splice(0)) {
      try {
        done.resolve(job());
      } catch (error) {
        done.reject(error);
      }
    }
  }
}

describe("A target in the wrong context", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  const items = ["a", "b", "c"].map((key) => [key, key] as const);

  it("fails the components whose jobs a queue runs in another one's context", async () => {
    const queue = new Queue();
    const page = fn({ memo: true }, async function page(key: string, { out }: { out: TargetProvider }) {
      await queue.add(() => declareTargetState(out, key, key));
    });
    const counts = await app.update(() => mountEach(page, items, { out: target.provider as TargetProvider }));
    expect(counts["page"]).to.deep.equal({ starts: 3, adds: 1, errors: 2 });
    expect([...target.outside]).to.deep.equal([["c", "c"]]);
    const error = test.caught[0]?.error as Error;
    expect(error).to.deep.include({ code: "WRONG_CONTEXT" });
    expect(error.message).to.match(/in component `page` at \S+"c".* given to component `page` at \S+"[ab]"/);
    expect(error.message).to.include("AsyncResource.bind");
  });

  it("takes a job that is bound to its context", async () => {
    const queue = new Queue();
    const page = fn({ memo: true }, async function page(key: string, out: TargetProvider) {
      await queue.add(AsyncResource.bind(() => declareTargetState(out, key, key)));
    });
    const counts = await app.update(() => mountEach(page, items, target.provider as TargetProvider));
    expect(counts["page"]).to.deep.equal({ starts: 3, adds: 3 });
  });

  it("holds for folders", async () => {
    await using folder = await createTempFolder();
    const queue = new Queue();
    const page = fn({ memo: true }, async function page(key: string, out: DirTarget) {
      await queue.add(() => out.declareFile(key, key));
    });
    await app.update(async () => mountEach(page, items, await mountDirTarget(join(folder.path, "out"))));
    expect(await readdir(join(folder.path, "out"))).to.deep.equal(["c"]);
    expect(test.caught).to.have.length(2);
  });

  const nested = fn({ memo: true }, function nested(key: string, { out }: { readonly out: TargetProvider }) {
    declareTargetState(out, key, key);
  });
  const direct = fn({ memo: true }, function direct(out: TargetProvider, key: string) {
    declareTargetState(out, key, key);
  });

  for (const [how, start] of [
    ["mount", (key: string, out: TargetProvider) => mount(`nested ${key}`, nested, key, { out })],
    ["useMount", (key: string, out: TargetProvider) => useMount(`nested ${key}`, nested, key, { out })],
    ["mountEach", (key: string, out: TargetProvider) => mountEach(`nested ${key}`, nested, [[key, key]], { out })],
    [
      "mountEach of targets",
      (key: string, out: TargetProvider) => mountEach(`nested ${key}`, direct, [[key, out]], key),
    ],
  ] as const) {
    it(`fails the components whose jobs call \`${how}\` in another one's context`, async () => {
      const queue = new Queue<unknown>();
      const page = fn({ memo: true }, async function page(key: string, out: TargetProvider) {
        await queue.add(() => start(key, out));
      });
      const counts = await app.update(() => mountEach(page, items, target.provider as TargetProvider));
      expect(counts["page"]).to.deep.equal({ starts: 3, adds: 1, errors: 2 });
      expect([...target.outside]).to.deep.equal([["c", "c"]]);
      const error = test.caught[0]?.error as Error;
      expect(error).to.deep.include({ code: "WRONG_CONTEXT" });
      expect(error.message).to.match(/in component `page` at \S+"c".* given to component `page` at \S+"[ab]"/);
    });
  }

  it("lets a component below declare through a target of the one above", async () => {
    const outer = fn(async function outer(out: TargetProvider) {
      const inner = fn({ name: "inner" }, () => declareTargetState(out, "inner", "1"));
      await mount(inner);
    });
    expect(await app.update(() => mount(outer, target.provider as TargetProvider))).to.deep.equal({
      outer: { starts: 1, adds: 1 },
      inner: { starts: 1, adds: 1 },
    });
  });

  it("binds a target anew where it is passed on", async () => {
    const inner = fn(function inner(out: TargetProvider) {
      declareTargetState(out, "inner", "1");
    });
    const outer = fn(async function outer([out]: readonly [TargetProvider]) {
      await (await mount(inner, out)).ready();
      declareTargetState(out, "outer", "1");
    });
    await app.update(() => mount(outer, [target.provider as TargetProvider] as const));
    expect([...target.outside.keys()]).to.have.members(["inner", "outer"]);
  });

  it("is a target of which the memo does not tell that it is bound", async () => {
    const page = fn({ memo: true }, function page(key: string, out: TargetProvider) {
      declareTargetState(out, key, key);
    });
    const body = (): unknown => mountEach(page, items, target.provider as TargetProvider);
    await app.update(body);
    expect(await app.update(body)).to.deep.equal({ page: { starts: 3, unchanged: 3 } });
  });

  it("refuses what is no target, and names the missing `await`", async () => {
    const declareIn = (wrong: unknown): Promise<unknown> =>
      app.update(() => declareTargetState(wrong as TargetProvider, "key", "1")).then(undefined, String);
    expect(await declareIn(undefined)).to.match(/`target` must be a target, got undefined;/);
    expect(await declareIn(Promise.resolve())).to.match(/got \S*Promise\S*; await it first$/);
  });
});
