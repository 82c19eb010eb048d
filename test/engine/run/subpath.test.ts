import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import {
  componentSubpath,
  fn,
  map,
  mount,
  mountEach,
  symbolKey,
  useMount,
  type StableKey,
} from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";

const leaf = fn(function leaf(_value?: unknown) {});

describe("componentSubpath", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  /** Runs `body`; gives the paths of what it mounted, the deletions of other paths done. */
  async function pathsOf(body: () => unknown): Promise<readonly string[]> {
    await app.update(body);
    const paths: string[] = [];
    for await (const { path } of test.environment.components("counted")) paths.push(path);
    return paths.slice(1);
  }

  it("names where a component is mounted", async () => {
    const paths = await pathsOf(async () => {
      await mount(leaf);
      await mount("key", leaf);
      await mount(componentSubpath("a", 1, symbolKey("s")), leaf);
      await useMount(componentSubpath("b"), leaf);
      await mountEach(componentSubpath("c", "d"), leaf, [["x", 1]]);
      await mountEach(leaf, [["y", 1]]);
    });
    expect(paths).to.have.members(["/@leaf", '/"key"', '/"a"/1/@s', '/"b"', '/"c"/"d"/"x"', '/@leaf/"y"']);
  });

  it("puts the components that its callback mounts below it, and nested subpaths below each other", async () => {
    const paths = await pathsOf(async () => {
      await componentSubpath("a").run(async () => {
        await setImmediate();
        await mount("x", leaf);
        await componentSubpath("b").run(() => mount(leaf));
        await mount(componentSubpath("y"), leaf);
      });
      await mount("z", leaf);
    });
    expect(paths).to.have.members(['/"a"/"x"', '/"a"/"b"/@leaf', '/"a"/"y"', '/"z"']);
  });

  it("keeps apart callbacks that run side by side", async () => {
    const paths = await pathsOf(() =>
      Promise.all(
        ["a", "b", "c"].map((key, index) =>
          componentSubpath(key).run(async () => {
            for (let turn = 0; turn < 3 - index; turn++) await setImmediate();
            await mount(leaf);
          }),
        ),
      ),
    );
    expect(paths).to.have.members(['/"a"/@leaf', '/"b"/@leaf', '/"c"/@leaf']);
  });

  it("holds until the end of the block with `using`", async () => {
    const paths = await pathsOf(async () => {
      {
        using _a = componentSubpath("a");
        await mount("x", leaf);
        {
          using _b = componentSubpath("b");
          await setImmediate();
          await mountEach(leaf, [["y", 1]]);
        }
        await map(() => mount("z", leaf), [1]);
      }
      await mount(leaf);
    });
    expect(paths).to.have.members(['/"a"/"x"', '/"a"/"b"/@leaf/"y"', '/"a"/"z"', "/@leaf"]);
  });

  it("may be a constant that is used many times", async () => {
    const place = componentSubpath("place");
    const paths = await pathsOf(async () => {
      await place.run(() => mount("a", leaf));
      using _place = place;
      await mount("b", leaf);
      await mount(place, leaf);
    });
    expect(paths).to.have.members(['/"place"/"a"', '/"place"/"b"', '/"place"/"place"']);
  });

  it("is not inherited by the components mounted below it", async () => {
    const paths = await pathsOf(() =>
      componentSubpath("a").run(() =>
        mount(async function section() {
          await mount(leaf);
        }),
      ),
    );
    expect(paths).to.deep.equal(['/"a"/@section', '/"a"/@section/@leaf']);
  });

  it("closes with `using` also when the block throws", async () => {
    const paths = await pathsOf(async () => {
      await failureOf(async () => {
        using _a = componentSubpath("a");
        await setImmediate();
        throw new Error("boom");
      });
      await mount(leaf);
    });
    expect(paths).to.deep.equal(["/@leaf"]);
  });

  it("refuses blocks of `using` that overlap without nesting", async () => {
    await app.update(async () => {
      const block = async (key: string, turns: number): Promise<void> => {
        using _block = componentSubpath(key);
        for (let turn = 0; turn < turns; turn++) await setImmediate();
      };
      const outcomes = await Promise.allSettled([block("a", 1), block("b", 3)]);
      expect(outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "done"))).to.deep.equal([
        "SCOPE_OVERLAP",
        "done",
      ]);
    });
  });

  it("takes any stable key, and nothing else", () => {
    const keys: StableKey[] = ["", 0, 1n, true, null, new Uint8Array(), symbolKey("s"), [["nested"]]];
    expect(componentSubpath(...keys).keys).to.deep.equal(keys);
    expect(() => componentSubpath()).to.throw(TypeError);
    // @ts-expect-error not keys
    for (const key of [undefined, {}, new Date(), Symbol("s")]) expect(() => componentSubpath(key)).to.throw(TypeError);
  });

  it("opens nothing outside a component", async () => {
    const place = componentSubpath("a");
    expect((await failureOf(() => place.run(() => {}))).code).to.equal("OUTSIDE_COMPONENT");
    expect(
      (
        await failureOf(() => {
          using _place = place;
        })
      ).code,
    ).to.equal("OUTSIDE_COMPONENT");
  });
});
