import { expect } from "chai";
import { componentSubpath, declareTargetState, fn, mount, mountEach, statsGroup } from "../../../lib/index.ts";
import type { StableKey, StatsGroupHandle } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("A deletion", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const declare = (key: StableKey, value = "value"): void => declareTargetState(target.provider, key, value);

  describe("of a component that is no longer mounted", () => {
    const doc = fn({ memo: true }, function doc(text: string) {
      declare(text, text);
    });
    const each = (...texts: string[]) =>
      mountEach(
        doc,
        texts.map((text) => [text, text] as const),
      );

    it("counts a delete", async () => {
      await app.update(() => each("a", "b", "c"));
      expect(await app.update(() => each("b"))).to.deep.equal({ doc: { starts: 3, unchanged: 1, deletes: 2 } });
      expect([...target.outside.keys()]).to.deep.equal(["b"]);
      expect(await app.update(() => each("b")), "once").to.deep.equal({ doc: { starts: 1, unchanged: 1 } });
    });

    it("counts a delete for every component of a removed sub-tree, each under its own name", async () => {
      const line = fn(function line(key: string) {
        declare(key);
      });
      const section = fn(async function section() {
        await mountEach(line, [
          ["x", "x"],
          ["y", "y"],
        ]);
      });
      await app.update(() => mount(section));
      const counts = await app.update(() => {});
      expect(counts).to.deep.equal({ line: { starts: 2, deletes: 2 }, section: { starts: 1, deletes: 1 } });
      expect(target.outside.size).to.equal(0);
    });

    it("counts a delete for every component of a dropped app, the main function included", async () => {
      const whole = app.withMain(() => each("a", "b"));
      await whole.update();
      const drop = whole.drop();
      await drop;
      expect(countsByComponent(drop.stats())).to.deep.equal({
        doc: { starts: 2, deletes: 2 },
        main: { starts: 1, deletes: 1 },
      });
      expect(target.outside.size).to.equal(0);
      const again = whole.drop();
      await again;
      expect(countsByComponent(again.stats()), "nothing is left").to.deep.equal({});
    });

    it("counts the delete under the name with which it last succeeded", async () => {
      await app.update(() => mount("place", function before() {}));
      await app.update(() => mount("place", function after() {}));
      expect(await app.update(() => {})).to.deep.equal({ after: { starts: 1, deletes: 1 } });
    });

    it("counts the delete of one that never succeeded under the name it was mounted with", async () => {
      await app.update(() =>
        mount("place", function broken() {
          throw new Error("boom");
        }),
      );
      expect(await app.update(() => {})).to.deep.equal({ broken: { starts: 1, deletes: 1 } });
    });

    it("counts the deletes below one that never succeeded", async () => {
      await app.update(() =>
        mount(async function broken() {
          await mount(doc, "a");
          throw new Error("boom");
        }),
      );
      expect(target.outside.size).to.equal(1);
      const counts = await app.update(() => {});
      expect(counts).to.deep.equal({ doc: { starts: 1, deletes: 1 }, broken: { starts: 1, deletes: 1 } });
      expect(target.outside.size).to.equal(0);
    });

    it("counts nothing when the component that mounted it failed: vanished children are kept", async () => {
      const parent = fn(async function parent(isBroken: boolean) {
        if (isBroken) throw new Error("boom");
        await each("a");
      });
      await app.update(() => mount(parent, false));
      expect(await app.update(() => mount(parent, true))).to.deep.equal({ parent: { starts: 1, errors: 1 } });
      expect(target.outside.size).to.equal(1);
      expect(await app.update(() => mount(parent, false))).to.deep.equal({
        doc: { starts: 1, unchanged: 1 },
        parent: { starts: 1, reprocesses: 1 },
      });
    });

    it("counts an error when the delete fails, and a delete when the next run tries again", async () => {
      await app.update(() => each("a"));
      target.onApply = failRemovals;
      expect(await app.update(() => each())).to.deep.equal({ doc: { starts: 1, errors: 1 } });
      expect(test.caught.map(({ context }) => context.mountKind)).to.deep.equal(["delete"]);
      target.onApply = undefined;
      expect(await app.update(() => each())).to.deep.equal({ doc: { starts: 1, deletes: 1 } });
      expect(target.outside.size).to.equal(0);
    });

    it("counts a failed delete again in the next run also when the owner is a memo hit", async () => {
      const owner = fn({ memo: true }, async function owner(texts: readonly string[]) {
        await each(...texts);
      });
      await app.update(() => mount(owner, ["a"]));
      target.onApply = failRemovals;
      const failed = await app.update(() => mount(owner, []));
      expect(failed).to.deep.equal({ owner: { starts: 1, reprocesses: 1 }, doc: { starts: 1, errors: 1 } });
      target.onApply = undefined;
      const retried = await app.update(() => mount(owner, []));
      expect(retried).to.deep.equal({ owner: { starts: 1, unchanged: 1 }, doc: { starts: 1, deletes: 1 } });
      expect(target.outside.size).to.equal(0);
      expect(await app.update(() => mount(owner, []))).to.deep.equal({ owner: { starts: 1, unchanged: 1 } });
    });

    it("counts no delete of one whose delete failed when it is mounted again", async () => {
      await app.update(() => each("a"));
      target.onApply = failRemovals;
      await app.update(() => each());
      target.onApply = undefined;
      expect(await app.update(() => each("a"))).to.deep.equal({ doc: { starts: 1, reprocesses: 1 } });
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
      expect(await app.update(() => each("a"))).to.deep.equal({ doc: { starts: 1, unchanged: 1 } });
    });

    it("counts an error of the drop when a delete fails, and everything when it is dropped again", async () => {
      const whole = app.withMain(() => each("a", "b"));
      await whole.update();
      target.onApply = failRemovals;
      const failed = whole.drop();
      const error = await failed.result().catch((reason: unknown) => reason);
      expect(error).to.have.property("code", "DROP_INCOMPLETE");
      expect(countsByComponent(failed.stats())).to.deep.equal({ doc: { starts: 2, errors: 2 } });
      target.onApply = undefined;
      const again = whole.drop();
      await again;
      expect(countsByComponent(again.stats())).to.deep.equal({
        doc: { starts: 2, deletes: 2 },
        main: { starts: 1, deletes: 1 },
      });
    });

    it("is tried once a run below another failed deletion (bug: it was tried, and counted, twice)", async () => {
      const inner = fn(function inner() {
        declare("inner");
      });
      const middle = fn(async function middle() {
        await mount(inner);
      });
      const outer = fn(async function outer(isBroken: boolean) {
        if (isBroken) throw new Error("boom");
        await mount(middle);
      });
      await app.update(() => mount(outer, false));
      target.onApply = failRemovals;
      expect(await app.update(() => {})).to.deep.equal({ inner: { starts: 1, errors: 1 } });
      const counts = await app.update(() => mount(outer, true));
      expect(counts).to.deep.equal({ outer: { starts: 1, errors: 1 }, inner: { starts: 1, errors: 1 } });
    });

    function failRemovals(actions: readonly { kind: string }[]): void {
      if (actions.some(({ kind }) => kind === "remove")) throw new Error("locked");
    }
  });

  describe("inside a stats group", () => {
    const doc = fn({ memo: true }, function doc(text: string) {
      declare(text, text);
    });
    const items = (...texts: string[]) => texts.map((text) => [text, text] as const);

    it("counts a delete in the group whose `mountEach` owns the place, never in the run's own report", async () => {
      const groups: StatsGroupHandle[] = [];
      const body = (...texts: string[]) =>
        statsGroup("Docs", async (group) => {
          groups.push(group);
          await mountEach(doc, items(...texts));
        });
      expect(await app.update(() => body("a", "b"))).to.deep.equal({});
      expect(await app.update(() => body("b"))).to.deep.equal({});
      expect(groups.map((group) => countsByComponent(group.stats()))).to.deep.equal([
        { doc: { starts: 2, adds: 2 } },
        { doc: { starts: 2, unchanged: 1, deletes: 1 } },
      ]);
    });

    it("counts deletes of one function in two groups, each in its own", async () => {
      const groups: StatsGroupHandle[] = [];
      const body = async (left: readonly string[], right: readonly string[]) => {
        groups.length = 0;
        for (const [title, texts] of [
          ["left", left],
          ["right", right],
        ] as const) {
          await statsGroup(title, async (group) => {
            groups.push(group);
            await mountEach(componentSubpath(title), doc, items(...texts));
          });
        }
      };
      await app.update(() => body(["a", "b", "c"], ["d", "e"]));
      expect(await app.update(() => body(["a"], ["d"]))).to.deep.equal({});
      expect(groups.map((group) => countsByComponent(group.stats()))).to.deep.equal([
        { doc: { starts: 3, unchanged: 1, deletes: 2 } },
        { doc: { starts: 2, unchanged: 1, deletes: 1 } },
      ]);
    });

    it("counts the deletes of a whole sub-tree in the group", async () => {
      const section = fn(async function section(texts: readonly string[]) {
        await mountEach(doc, items(...texts));
      });
      let group: StatsGroupHandle | undefined;
      const body = (sections: readonly string[]) =>
        statsGroup("Sections", async (opened) => {
          group = opened;
          await mountEach(
            section,
            sections.map((name) => [name, [name]] as const),
          );
        });
      await app.update(() => body(["a", "b"]));
      expect(await app.update(() => body(["a"]))).to.deep.equal({});
      expect(countsByComponent(group!.stats())).to.deep.equal({
        section: { starts: 2, reprocesses: 1, deletes: 1 },
        doc: { starts: 2, unchanged: 1, deletes: 1 },
      });
    });

    it("counts a delete that fails in the group, and its second try there as well", async () => {
      const groups: StatsGroupHandle[] = [];
      const body = (...texts: string[]) =>
        statsGroup("Docs", async (group) => {
          groups.push(group);
          await mountEach(doc, items(...texts));
        });
      await app.update(() => body("a"));
      target.onApply = () => {
        throw new Error("locked");
      };
      expect(await app.update(() => body())).to.deep.equal({});
      target.onApply = undefined;
      expect(await app.update(() => body())).to.deep.equal({});
      const [, failed, retried] = groups;
      expect(countsByComponent(failed!.stats())).to.deep.equal({ doc: { starts: 1, errors: 1 } });
      expect(failed!.failures().map(({ component, group }) => [component, group])).to.deep.equal([["doc", "Docs"]]);
      expect(countsByComponent(retried!.stats())).to.deep.equal({ doc: { starts: 1, deletes: 1 } });
    });

    it("counts a delete in the inner one of two groups", async () => {
      const groups = new Map<string, StatsGroupHandle>();
      const body = (...texts: string[]) =>
        statsGroup("outer", (outer) => {
          groups.set("outer", outer);
          return statsGroup("inner", async (inner) => {
            groups.set("inner", inner);
            await mountEach(doc, items(...texts));
          });
        });
      await app.update(() => body("a"));
      expect(await app.update(() => body())).to.deep.equal({});
      expect(countsByComponent(groups.get("inner")!.stats())).to.deep.equal({ doc: { starts: 1, deletes: 1 } });
      expect(countsByComponent(groups.get("outer")!.stats())).to.deep.equal({});
    });

    it("counts a delete in the surrounding report when its `mountEach` is not called any more", async () => {
      await app.update(() => statsGroup("Docs", () => mountEach(doc, items("a"))));
      expect(await app.update(() => statsGroup("Docs", () => {}))).to.deep.equal({ doc: { starts: 1, deletes: 1 } });
    });
  });
});
