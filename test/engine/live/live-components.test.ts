import { expect } from "chai";
import {
  componentSubpath,
  declareTargetState,
  fn,
  mount,
  mountEach,
  useMount,
  type LiveComponent,
  type LiveComponentOperator,
} from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("A live component", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const doc = fn({ memo: true }, function doc(text: string) {
    if (text.startsWith("broken")) throw new Error(text);
    declareTargetState(target.provider, text, text);
  });
  let wanted: Record<string, string>;
  /** What `processLive` of {@link Docs} does. */
  let live: (operator: LiveComponentOperator) => Promise<void>;

  class Docs implements LiveComponent {
    async process(): Promise<void> {
      await mountEach(componentSubpath("docs"), doc, Object.entries(wanted));
    }

    async processLive(operator: LiveComponentOperator): Promise<void> {
      await live(operator);
    }
  }

  const main = (): unknown => mount(Docs);
  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();
  const at = (key: string): ReturnType<typeof componentSubpath> => componentSubpath("docs", key);

  beforeEach(() => {
    target.outside.clear();
    wanted = { a: "a1", b: "b1" };
    live = async (operator) => {
      await operator.updateFull();
      await operator.markReady();
    };
  });

  it("runs `process` as a component of its own, counted under the name of the class", async () => {
    expect(await app.update(main)).to.deep.equal({ Docs: { starts: 1, adds: 1 }, doc: { starts: 2, adds: 2 } });
    delete wanted["a"];
    wanted["c"] = "c1";
    expect(await app.update(main)).to.deep.equal({
      Docs: { starts: 1, reprocesses: 1 },
      doc: { starts: 3, adds: 1, unchanged: 1, deletes: 1 },
    });
    expect(outside()).to.deep.equal(["b1", "c1"]);
  });

  it("ends at `markReady` in a run that is not live: its signal is aborted, and nothing after it happens", async () => {
    const reached: string[] = [];
    live = async (operator) => {
      try {
        await operator.updateFull();
        await operator.markReady();
        reached.push("after");
      } finally {
        reached.push(`finally ${String(operator.signal.aborted)}`);
      }
    };
    await app.update(main);
    expect(reached).to.deep.equal(["finally true"]);
  });

  it("need not await the operations that it asks for", async () => {
    live = async (operator) => {
      void operator.updateFull();
      void operator.update(at("x"), doc, "x1");
      void operator.markReady();
      void operator.update(at("y"), doc, "y1");
      await operator.updateFull();
    };
    await app.update(main);
    expect(outside()).to.include.members(["a1", "b1"]);
  });

  it("updates and deletes its children one by one", async () => {
    const gate = Promise.withResolvers<void>();
    live = async (operator) => {
      await operator.updateFull();
      await operator.markReady();
      await gate.promise;
      await (await operator.update(at("c"), doc, "c1")).ready();
      await (await operator.update(at("a"), doc, "a2")).ready();
      await (await operator.delete(at("b"))).ready();
      await (await operator.delete(at("nothing"))).ready();
    };
    const handle = app.withMain(main).update({ live: true });
    await new LiveWatch(handle).untilReady(3);
    gate.resolve();
    await handle;
    expect(outside()).to.deep.equal(["a2", "c1"]);
    expect(countsByComponent(handle.stats())).to.deep.equal({
      main: { starts: 1, adds: 1 },
      Docs: { starts: 1, adds: 1 },
      doc: { starts: 5, adds: 3, reprocesses: 1, deletes: 1 },
    });
  });

  it("removes in a full update the children that `process` does not mount", async () => {
    live = async (operator) => {
      await operator.updateFull();
      await operator.update(at("c"), doc, "c1");
      await operator.updateFull();
      await operator.markReady();
    };
    await app.update(main);
    expect(outside()).to.deep.equal(["a1", "b1"]);
  });

  it("refuses to mount or declare in `processLive`", async () => {
    live = async () => {
      await mount("x", doc, "x1");
    };
    await app.update(main);
    expect(test.caught[0]?.error).to.include({ code: "OUTSIDE_COMPONENT" });
  });

  it("refuses operations after it has ended", async () => {
    let kept: LiveComponentOperator | undefined;
    live = async (operator) => {
      kept = operator;
      await operator.updateFull();
    };
    await app.update(main);
    for (const act of [() => kept!.updateFull(), () => kept!.update("x", doc, "x1"), () => kept!.markReady()]) {
      expect(await failureOf(act)).to.equal(kept!.signal.reason);
    }
  });

  it("has no value to be used, is no main function, and needs a name", async () => {
    const using = app.update(() => useMount(Docs as never));
    expect(await failureOf(() => using)).to.be.instanceOf(TypeError);
    const unnamed = (() =>
      class {
        async process(): Promise<void> {}
        async processLive(): Promise<void> {}
      })();
    expect(await failureOf(() => app.update(() => mount(unnamed)))).to.be.instanceOf(TypeError);
  });

  it("can be mounted for each item, and by another one", async () => {
    class Page implements LiveComponent {
      readonly #text: string;

      constructor(text: string) {
        this.#text = text;
      }

      async process(): Promise<void> {
        await mount("doc", doc, this.#text);
      }

      async processLive(operator: LiveComponentOperator): Promise<void> {
        await operator.updateFull();
        await operator.markReady();
        await operator.update("late", doc, `${this.#text} late`);
      }
    }
    class Book implements LiveComponent {
      async process(): Promise<void> {
        await mountEach(Page, Object.entries(wanted));
      }

      async processLive(operator: LiveComponentOperator): Promise<void> {
        await operator.updateFull();
        await (await operator.update("cover", Page, "cover")).ready();
        await operator.markReady();
      }
    }
    await app.update(() => mount(Book));
    expect(outside()).to.deep.equal(["a1", "b1", "cover"]);
    const handle = app.withMain(() => mount(Book)).update({ live: true });
    await handle;
    expect(outside()).to.deep.equal(["a1", "a1 late", "b1", "b1 late", "cover", "cover late"]);
  });

  it("restarts the live children below it in each full update", async () => {
    const starts: string[] = [];
    const ends: string[] = [];
    class Inner implements LiveComponent {
      async process(): Promise<void> {}

      async processLive(operator: LiveComponentOperator): Promise<void> {
        starts.push("inner");
        await operator.updateFull();
        await operator.markReady();
        await new Promise((resolve) => operator.signal.addEventListener("abort", resolve));
        ends.push("inner");
      }
    }
    class Outer implements LiveComponent {
      async process(): Promise<void> {
        await mount(Inner);
      }

      async processLive(operator: LiveComponentOperator): Promise<void> {
        await operator.updateFull();
        await operator.markReady();
        await operator.updateFull();
        await operator.update("beside", doc, "x1");
        await new Promise((resolve) => operator.signal.addEventListener("abort", resolve));
      }
    }
    const handle = app.withMain(() => mount(Outer)).update({ live: true });
    await new LiveWatch(handle).untilReady(5);
    expect([starts.length, ends.length]).to.deep.equal([2, 1]);
    await handle.stop();
    expect(ends).to.have.lengthOf(2);
  });

  it("can replace a plain component at the same path, and be replaced by one", async () => {
    const docs = fn({ name: "Docs" }, async function staticDocs() {
      await mountEach(componentSubpath("docs"), doc, Object.entries(wanted));
    });
    await app.update(() => mount(docs));
    expect(await app.update(main)).to.deep.equal({
      Docs: { starts: 1, reprocesses: 1 },
      doc: { starts: 2, unchanged: 2 },
    });
    expect(await app.update(() => mount(docs))).to.deep.equal({
      Docs: { starts: 1, reprocesses: 1 },
      doc: { starts: 2, unchanged: 2 },
    });
  });

  it("goes on when `process` fails, and keeps the children it had", async () => {
    const gate = Promise.withResolvers<void>();
    live = async (operator) => {
      await operator.updateFull();
      await operator.markReady();
      await gate.promise;
      await operator.updateFull();
      wanted = { a: "a1" };
      await operator.updateFull();
    };
    const handle = app.withMain(main).update({ live: true });
    await new LiveWatch(handle).untilReady(3);
    wanted = new Proxy({}, { ownKeys: () => throwIt(new Error("boom")) });
    gate.resolve();
    await handle;
    expect(test.caught.map(({ error, context }) => [String(error), context.mountKind])).to.deep.equal([
      ["Error: boom", "mount"],
    ]);
    expect(outside()).to.deep.equal(["a1"]);
    expect(countsByComponent(handle.stats())["Docs"]).to.deep.equal({ starts: 3, adds: 1, reprocesses: 1, errors: 1 });
  });
});

function throwIt(error: Error): never {
  throw error;
}
