import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import { mountDirTarget, type DirTarget } from "../../lib/connectors/localfs/index.ts";
import { mountTableTarget } from "../../lib/connectors/sqlite/index.ts";
import {
  App,
  autoRefresh,
  declareTargetState,
  fn,
  LiveMap,
  map,
  mount,
  mountEach,
  mountTarget,
  useMount,
} from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";
import { unhandledRejectionsOf } from "../unhandled-rejections.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { defineRecordingContainer } from "./targets/recording-container.ts";

const doc = fn(function doc(_text: unknown): void {});
const memoized = fn({ memo: true }, function memoized(_value: unknown): void {});
/** The value of an import that is not there yet, of any type. */
const absent = undefined as never;

/** A promise of any type, which the caller forgot to await. */
function forgotten(value: unknown = "text"): never {
  return Promise.resolve(value) as never;
}

describe("arguments of the mounting functions", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  /** The error with which `act` fails in a component, as text. */
  async function refusalOf(act: () => unknown): Promise<string> {
    let refusal = "";
    await app.update(async () => {
      const error = await failureOf(async () => act());
      expect(error).to.be.instanceOf(TypeError);
      refusal = error.message;
    });
    return refusal;
  }

  const UNDEFINED: readonly [name: string, act: () => unknown, subject: string][] = [
    ["mount(undefined, f)", () => mount(absent, doc), "the first argument must be a function or a subpath"],
    ["mount(undefined)", () => mount(absent), "the first argument must be a function or a subpath"],
    ["mount(key, undefined)", () => mount("key", absent), "it must be a function"],
    ["useMount(undefined, f)", () => useMount(absent, doc), "the first argument must be a function or a subpath"],
    ["useMount(key, undefined)", () => useMount("key", absent), "it must be a function"],
    ["mountEach(undefined, items)", () => mountEach(absent, []), "the first argument must be a function or a subpath"],
    ["mountEach(undefined, f, items)", () => mountEach(absent, doc, []), "the first argument must be a function"],
    ["mountEach(key, undefined, items)", () => mountEach("key", absent, []), "it must be a function"],
    ["mountEach(f, undefined)", () => mountEach(doc, absent), "the items must be an iterable"],
    ["map(undefined, items)", () => map(absent, ["a"]), "the first argument must be a function"],
    ["fn(undefined)", () => fn(absent), "the implementation must be a function"],
    ["fn(options, undefined)", () => fn({ memo: true }, absent), "the implementation must be a function"],
    ["autoRefresh(undefined)", () => autoRefresh(absent, { intervalMs: 1 }), "it must be a function"],
    ["new App(name, undefined)", () => new App("app", absent), "`main` must be a function"],
    ["mountTarget(undefined)", () => mountTarget(absent), "`target` must be a target"],
    ["declareTargetState(undefined)", () => declareTargetState(absent, "a", 1), "`target` must be a target"],
  ];
  for (const [name, act, subject] of UNDEFINED) {
    it(`refuses ${name}, and says what usually causes it`, async () => {
      const message = await refusalOf(act);
      expect(message)
        .to.include(subject)
        .and.match(/got undefined; .*a circular import/);
    });
  }

  it("does not take null for undefined: it is a key", async () => {
    const counts = await app.update(async () => {
      await mount(null, doc, "a");
    });
    expect(counts).to.deep.equal({ doc: { starts: 1, adds: 1 } });
  });

  const PROMISES: readonly [name: string, act: () => unknown, start: string][] = [
    ["mount", () => mount(doc, forgotten()), "Cannot mount `doc`: argument 1 must be a value, got a promise"],
    ["mount at a key", () => mount("key", doc, forgotten()), "Cannot mount `doc`: argument 1"],
    ["useMount", () => useMount(doc, forgotten()), "Cannot mount `doc`: argument 1"],
    ["mountEach", () => mountEach(doc as never, [["a", 1]] as never, forgotten()), "Cannot mount `doc`: argument 2"],
    [
      "an item of mountEach",
      () => mountEach(doc, [["a", forgotten()]]),
      "the value of each item must be there, got a promise",
    ],
    [
      "a memoized item of mountEach",
      () => mountEach(memoized, [["a", forgotten()]]),
      "the value of each item must be there, got a promise",
    ],
    ["a memoized function", () => memoized(forgotten()), "Cannot memoize `memoized`: argument 1"],
    ["data of a memoized function", () => memoized({ deep: [forgotten()] }), "Cannot memoize `memoized`: argument 1"],
    ["the subpath of mount", () => mount(forgotten(), doc), "the first argument must be a function or a subpath, got"],
    ["the function of mount", () => mount("key", forgotten()), "it must be a function"],
    ["the items of mountEach", () => mountEach(doc, forgotten([])), "the items must be an iterable"],
    ["the target of declareTargetState", () => declareTargetState(forgotten({}), "a", 1), "`target` must be a target"],
    ["the target of mountTarget", () => mountTarget(forgotten({})), "`target` must be a target"],
  ];
  for (const [name, act, start] of PROMISES) {
    it(`refuses a promise as ${name}, and says to await it`, async () => {
      const message = await refusalOf(act);
      expect(message)
        .to.include(start)
        .and.match(/; await it first$/);
    });
  }

  const rejecting = (): never => Promise.reject(new Error("later")) as never;
  const REJECTING: readonly [name: string, act: () => unknown][] = [
    ["mount", () => mount(doc, rejecting())],
    ["several arguments of mount", () => mount(doc as never, ...([rejecting(), rejecting()] as never))],
    ["mountEach", () => mountEach(doc as never, [["a", 1]] as never, rejecting())],
    ["an item of mountEach", () => mountEach(doc, [["a", rejecting()]])],
    [
      "several items of mountEach",
      () =>
        mountEach(
          doc,
          ["a", "b", "c"].map((key) => [key, rejecting()] as const),
        ),
    ],
    ["a memoized function", () => memoized(rejecting())],
    ["data of a memoized function", () => memoized({ deep: [rejecting()] })],
    ["the items of mountEach", () => mountEach(doc, rejecting())],
    ["the subpath of mount", () => mount(rejecting(), doc)],
    ["the function of mount", () => mount("key", rejecting())],
    ["the target of mountTarget", () => mountTarget(rejecting())],
    ["the options of autoRefresh", () => autoRefresh(doc as never, rejecting())],
    ["the items of map", () => map(String, rejecting())],
  ];
  for (const [name, act] of REJECTING) {
    it(`refuses a promise that rejects as ${name}, whose rejection does not end the process`, async () => {
      const unhandled = await unhandledRejectionsOf(async () => {
        expect(await refusalOf(act)).to.match(/; await it first$/);
      });
      expect(unhandled).to.deep.equal([]);
    });
  }

  it("refuses a promise that a live source gives for an item", async () => {
    const problems: unknown[] = [];
    class Source extends LiveMap<string, string> {
      override async watch(subscriber: Parameters<LiveMap<string, string>["watch"]>[0]): Promise<void> {
        problems.push(await failureOf(subscriber.update("a", forgotten())));
        await subscriber.markReady();
      }
    }
    const follow = fn(async function follow(): Promise<void> {
      await mountEach(doc, new Source());
    });
    const handle = new App({ name: "live", environment: test.environment }, follow).update({ live: true });
    for await (const { status } of handle.watch()) if (status === "ready") void handle.stop();
    expect(problems).to.have.length(1);
    expect(problems[0]).to.be.instanceOf(TypeError).and.to.have.property("message").that.includes("await it first");
  });
});

describe("a target that was not awaited", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  let folder: Awaited<ReturnType<typeof createTempFolder>>;

  beforeEach(async () => {
    folder = await createTempFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  it("says so when a file is declared", async () => {
    await app.update(async () => {
      const out = mountDirTarget(join(folder.path, "out"));
      expect(() => (out as unknown as DirTarget).declareFile("a", "a")).to.throw(
        TypeError,
        "Cannot call `declareFile` of a promise: `mountDirTarget` gives the target once it is awaited; write `await mountDirTarget(…)`",
      );
      (await out).declareFile("a", "a");
    });
  });

  it("says so when a row is declared", async () => {
    const columns = { path: "text" } as const;
    await app.update(async () => {
      const table = mountTableTarget(join(folder.path, "a.db"), { table: "docs", columns, primaryKey: "path" });
      expect(() => (table as unknown as { declareRow(row: object): void }).declareRow({ path: "a" })).to.throw(
        TypeError,
        "write `await mountTableTarget(…)`",
      );
      (await table).declareRow({ path: "a" });
    });
  });

  it("is not seen by what inspects the promise, which rejects as before", async () => {
    const promise = mountDirTarget("");
    expect(Object.keys(promise)).to.deep.equal([]);
    expect(await failureOf(promise)).to.be.instanceOf(TypeError);
  });

  it("says so when a custom target is declared into", async () => {
    const { kind } = defineRecordingContainer();
    await app.update(async () => {
      const inside = mountTarget(kind.at("a", "1"));
      expect(() => declareTargetState(inside as never, "b", "c")).to.throw(TypeError, "await it first");
      await inside;
    });
  });
});

describe("functions of one name", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  it("are named as a minifier's doing when they meet at one place", async () => {
    const one = fn({ name: "qz" }, () => 1);
    const other = fn({ name: "qz" }, () => 2);
    await app.update(async () => {
      await mount(one);
      const error = await failureOf(mount(other));
      expect(error).to.include({ code: "COMPONENT_PATH_TAKEN" });
      expect(error.message).to.match(
        /\. Several functions here are called `qz`, as after a minifier: give each a `name`/,
      );
    });
  });

  it("are named in a mountEach at one place as well", async () => {
    const one = fn({ name: "qy" }, (_value: number) => 1);
    const other = fn({ name: "qy" }, (_value: number) => 2);
    await app.update(async () => {
      await mountEach(one, [["a", 1]]);
      const error = await failureOf(mountEach(other, [["a", 1]]));
      expect(error.message).to.include("Several functions here are called `qy`");
    });
  });

  it("are not blamed where one function is mounted twice", async () => {
    await app.update(async () => {
      await mount(doc, "a");
      expect((await failureOf(mount(doc, "b"))).message).to.not.include("minifier");
    });
  });

  it("names bundlers where a function has lost its name", async () => {
    await setImmediate();
    expect(() => fn((() => () => {})())).to.throw(TypeError, "A bundler that minifies removes names");
  });
});
