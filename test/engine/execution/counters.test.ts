import { expect } from "chai";
import { declareTargetState, fn, map, mount, useMount } from "../../../lib/index.ts";
import type { StableKey } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { failNextWrite } from "../../fail-next-write.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

/** An abort reason that cannot be mistaken for anything else. */
class Stop extends Error {}

describe("The six counters", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const declare = (key: StableKey, value = "value"): void => declareTargetState(target.provider, key, value);

  describe("of a component that is skipped", () => {
    it("count a memo hit as a start and unchanged", async () => {
      const doc = fn({ memo: true }, function doc(text: string) {
        declare("doc", text);
      });
      await app.update(() => mount(doc, "same"));
      expect(await app.update(() => mount(doc, "same"))).to.deep.equal({ doc: { starts: 1, unchanged: 1 } });
    });

    it("count a memo hit of `useMount` as a start and unchanged", async () => {
      const doc = fn({ memo: true }, function doc(text: string) {
        return text.length;
      });
      await app.update(() => useMount(doc, "same"));
      expect(await app.update(() => useMount(doc, "same"))).to.deep.equal({ doc: { starts: 1, unchanged: 1 } });
    });

    it("count nothing for the components below a memo hit", async () => {
      const line = fn(function line() {});
      const doc = fn({ memo: true }, async function doc() {
        await mount(line);
      });
      await app.update(() => mount(doc));
      expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, unchanged: 1 } });
    });
  });

  describe("of a component that succeeds", () => {
    for (const memo of [true, false]) {
      const how = memo ? "with memo" : "without memo";

      it(`count the first success at a path as an add, ${how}`, async () => {
        const doc = fn({ memo }, function doc() {});
        expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, adds: 1 } });
      });

      it(`count a success with other arguments at a path on record as a reprocess, ${how}`, async () => {
        const doc = fn({ memo }, function doc(text: string) {
          declare("doc", text);
        });
        await app.update(() => mount(doc, "old"));
        expect(await app.update(() => mount(doc, "new"))).to.deep.equal({ doc: { starts: 1, reprocesses: 1 } });
      });

      it(`count a success after a first failure in the function as an add, ${how}`, async () => {
        let isBroken = true;
        const doc = fn({ memo }, function doc() {
          declare("doc");
          if (isBroken) throw new Error("boom");
        });
        expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, errors: 1 } });
        isBroken = false;
        expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, adds: 1 } });
      });

      it(`count a success after a failure in a target's apply as a reprocess, ${how}`, async () => {
        const doc = fn({ memo }, function doc() {
          declare("doc");
        });
        target.onApply = () => {
          throw new Error("disk full");
        };
        expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, errors: 1 } });
        target.onApply = undefined;
        expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, reprocesses: 1 } });
        expect([...target.outside]).to.deep.equal([["doc", "value"]]);
      });

      it(`count a success after a failure at commit as a reprocess, ${how}`, async () => {
        const doc = fn({ memo }, function doc() {
          declare("doc");
        });
        target.onApply = () => failNextWrite(test.environment);
        expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, errors: 1 } });
        target.onApply = undefined;
        expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, reprocesses: 1 } });
      });
    }

    it("count a component without memo as a reprocess although nothing has changed", async () => {
      const doc = fn(function doc() {
        declare("doc");
      });
      await app.update(() => mount(doc));
      expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, reprocesses: 1 } });
      expect(target.outside.size).to.equal(1);
    });

    it("count a component with memo as a reprocess when everything is to be reprocessed", async () => {
      const doc = fn({ memo: true }, function doc() {});
      await app.update(() => mount(doc));
      expect(await app.update(() => mount(doc), { fullReprocess: true })).to.deep.equal({
        doc: { starts: 1, reprocesses: 1 },
      });
    });

    it("count another function at a recorded path as a reprocess, under its own name", async () => {
      await app.update(() => mount("place", function before() {}));
      const counts = await app.update(() => mount("place", function after() {}));
      expect(counts).to.deep.equal({ after: { starts: 1, reprocesses: 1 } });
    });

    it("count a component that comes back after its deletion as an add", async () => {
      const doc = fn({ memo: true }, function doc() {});
      await app.update(() => mount(doc));
      await app.update(() => {});
      expect(await app.update(() => mount(doc))).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    });

    it("count a component as a success although one below it failed", async () => {
      const line = fn(function line() {
        throw new Error("boom");
      });
      const doc = fn({ memo: true }, async function doc() {
        await mount(line);
      });
      const counts = await app.update(() => mount(doc));
      expect(counts).to.deep.equal({ doc: { starts: 1, adds: 1 }, line: { starts: 1, errors: 1 } });
      const later = await app.update(() => mount(doc));
      expect(later["doc"], "no memo is stored over a failure").to.deep.equal({ starts: 1, reprocesses: 1 });
    });
  });

  describe("of a component that fails", () => {
    it("count an error when the function throws", async () => {
      const counts = await app.update(() =>
        mount(function doc() {
          throw new Error("boom");
        }),
      );
      expect(counts).to.deep.equal({ doc: { starts: 1, errors: 1 } });
      expect(test.caught.map(({ context }) => context.component)).to.deep.equal(["doc"]);
    });

    it("count an error for a child whose value is used, and one for each component it passes through", async () => {
      const counts = await app.update(() =>
        mount(async function doc() {
          await useMount(async function section() {
            await useMount(function line() {
              throw new Error("boom");
            });
          });
        }),
      );
      const error = { starts: 1, errors: 1 };
      expect(counts).to.deep.equal({ doc: error, section: error, line: error });
      expect(test.caught).to.have.length(1);
    });

    it("count an error for the child alone when its user catches it", async () => {
      const counts = await app.update(() =>
        mount(async function doc() {
          await useMount(function line() {
            throw new Error("boom");
          }).catch(() => "fallback");
        }),
      );
      expect(counts).to.deep.equal({ doc: { starts: 1, adds: 1 }, line: { starts: 1, errors: 1 } });
    });

    it("count an error when a target refuses a declared state", async () => {
      target.onReconcile = () => {
        throw new Error("not a valid row");
      };
      const counts = await app.update(() =>
        mount(function doc() {
          declare("doc");
        }),
      );
      expect(counts).to.deep.equal({ doc: { starts: 1, errors: 1 } });
    });

    it("count an error when two components declare one target state", async () => {
      const claim = fn(function claim() {
        declare("doc");
      });
      const counts = await app.update(async () => {
        await (await mount("first", claim)).ready();
        await mount("second", claim);
      });
      expect(counts).to.deep.equal({ claim: { starts: 2, adds: 1, errors: 1 } });
    });
  });

  describe("of a component that is cancelled", () => {
    it("take the start back", async () => {
      const stop = new AbortController();
      const handle = app
        .withMain(async () => {
          await (await mount(function done() {})).ready();
          await mount(async function stuck() {
            stop.abort(new Stop());
            await new Promise(() => {});
          });
        })
        .update({ signal: stop.signal });
      const error = await handle.result().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Stop);
      expect(countsByComponent(handle.stats())).to.deep.equal({ done: { starts: 1, adds: 1 } });
      expect(handle.stats()?.total.numInProgress).to.equal(0);
    });

    it("count its success in the next run as an add", async () => {
      const stop = new AbortController();
      let isStuck = true;
      const body = () =>
        mount(async function doc() {
          if (!isStuck) return;
          stop.abort(new Stop());
          await new Promise(() => {});
        });
      await app
        .withMain(body)
        .update({ signal: stop.signal })
        .result()
        .catch(() => {});
      isStuck = false;
      expect(await app.update(body)).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    });
  });

  describe("of what is no component", () => {
    it("count nothing for a `map` item", async () => {
      const size = fn(function size(text: string) {
        return text.length;
      });
      let sizes: number[] = [];
      const counts = await app.update(async () => {
        sizes = await map(size, ["a", "bb"]);
      });
      expect(sizes).to.deep.equal([1, 2]);
      expect(counts).to.deep.equal({});
    });

    it("count nothing for a plain call", async () => {
      const size = fn(function size(text: string) {
        return text.length;
      });
      expect(await app.update(() => size("a"))).to.deep.equal({});
    });

    it("count nothing for a memoized call, be it answered from the memo or not", async () => {
      let calls = 0;
      const size = fn({ memo: true }, function size(text: string) {
        calls++;
        return text.length;
      });
      expect(await app.update(() => size("a"))).to.deep.equal({});
      expect(await app.update(() => size("a"))).to.deep.equal({});
      expect(calls).to.equal(1);
    });
  });
});
