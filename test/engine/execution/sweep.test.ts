import { expect } from "chai";
import { componentSubpath, declareTargetState, fn, mount, mountEach } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("Sweeping", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const leaf = fn({ memo: true }, function leaf(key: string) {
    declareTargetState(target.provider, key, key);
  });
  const branch = fn({ memo: true }, async function branch(keys: readonly string[]) {
    for (const key of keys) declareTargetState(target.provider, `branch of ${key}`, "1");
    await mountEach(
      leaf,
      keys.map((key) => [key, key] as const),
    );
  });
  const outside = (): unknown[] => [...target.outside.keys()];

  it("removes the target states of vanished components, and no others", async () => {
    await app.update(() =>
      mountEach(
        leaf,
        ["a", "b", "c"].map((key) => [key, key] as const),
      ),
    );
    await app.update(() =>
      mountEach(
        leaf,
        ["b"].map((key) => [key, key] as const),
      ),
    );
    expect(outside()).to.have.members(["b"]);
  });

  it("removes whole sub-trees, also of components that were skipped in the run before", async () => {
    await app.update(async () => {
      await mount("one", branch, ["a", "b"]);
      await mount("other", branch, ["c"]);
    });
    await app.update(async () => {
      await mount("one", branch, ["a", "b"]);
      await mount("other", branch, ["c"]);
    });
    await app.update(() => mount("other", branch, ["c"]));
    expect(outside()).to.have.members(["branch of c", "c"]);
  });

  it("leaves the components below a memo hit alone", async () => {
    for (let round = 0; round < 3; round++) await app.update(() => mount("one", branch, ["a"]));
    expect(outside()).to.have.members(["a", "branch of a"]);
  });

  it("tells keys of different types apart, and paths from their beginnings", async () => {
    const paths = [[1], ["1"], [true], ["a"], ["a", "b"], [["a", "b"]]] as const;
    const mountAll = (left: readonly (typeof paths)[number][]) => async (): Promise<void> => {
      for (const path of left) await mount(componentSubpath(...path), leaf, JSON.stringify(path));
    };
    await app.update(mountAll(paths));
    for (let count = paths.length - 1; count >= 0; count--) {
      const left = paths.slice(0, count);
      await app.update(mountAll(left));
      expect(outside()).to.have.members(left.map((path) => JSON.stringify(path)));
    }
  });

  it("removes components whose paths are too long for a key of the store", async () => {
    const long = "x".repeat(5000);
    await app.update(async () => {
      await mount(`${long}1`, branch, ["a"]);
      await mount(`${long}2`, branch, ["b"]);
    });
    await app.update(() => mount(`${long}2`, branch, ["b"]));
    expect(outside()).to.have.members(["b", "branch of b"]);
    await app.update(() => {});
    expect(outside()).to.have.members([]);
  });

  it("removes thousands", async () => {
    const keys = Array.from({ length: 3000 }, (_, index) => `k${index}`);
    await app.update(() =>
      mountEach(
        leaf,
        keys.map((key) => [key, key] as const),
      ),
    );
    expect(await app.update(() => {})).to.deep.equal({ leaf: { starts: 3000, deletes: 3000 } });
    expect(outside()).to.have.members([]);
    expect(await app.update(() => {})).to.deep.equal({});
  });

  it("keeps everything below a `mountEach` whose items could not be listed to the end", async () => {
    await app.update(() =>
      mountEach(
        leaf,
        ["a", "b", "c"].map((key) => [key, key] as const),
      ),
    );
    const lister = fn(function* lister() {
      yield ["a", "a"] as const;
      throw new Error("cannot list");
    });
    await app.update(() => mountEach(leaf, lister()).catch(() => {}));
    expect(outside()).to.have.members(["a", "b", "c"]);
  });

  for (const [who, isAbove] of [
    ["a component that catches the failure of its listing", false],
    ["one above a component that catches the failure of its listing", true],
  ] as const) {
    it(`stores no memo of ${who}`, async () => {
      let list: () => Iterable<readonly [string, string]>;
      const catching = async (): Promise<void> => void (await mountEach(leaf, list()).catch(() => {}));
      const lister = fn({ name: "lister" }, catching);
      const owner = fn({ memo: true, name: "owner" }, (_version: number) => (isAbove ? mount(lister) : catching()));
      list = () => [["a", "a"]];
      await app.update(() => mount(owner, 1));
      list = () => {
        throw new Error("broke off");
      };
      await app.update(() => mount(owner, 2));
      expect(outside()).to.have.members(["a"]);
      list = () => [["b", "b"]];
      await app.update(() => mount(owner, 2));
      expect(outside()).to.have.members(["b"]);
    });
  }

  it("keeps the target states and the children of a component whose function fails", async () => {
    const failing = fn({ name: "branch" }, (): void => {
      throw new Error("broken");
    });
    await app.update(() => mount("one", branch, ["a"]));
    await app.update(() => mount("one", failing));
    expect(outside()).to.have.members(["a", "branch of a"]);
    await app.update(() => {});
    expect(outside()).to.have.members([]);
  });

  it("tries a failed removal again, with every state that may be outside, until it succeeds", async () => {
    await app.update(() =>
      mountEach(
        leaf,
        ["a", "b"].map((key) => [key, key] as const),
      ),
    );
    target.onApply = () => {
      throw new Error("cannot remove");
    };
    for (let round = 0; round < 2; round++) {
      expect(await app.update(() => {})).to.deep.equal({ leaf: { starts: 2, errors: 2 } });
    }
    target.onApply = undefined;
    expect(await app.update(() => {})).to.deep.equal({ leaf: { starts: 2, deletes: 2 } });
    expect(outside()).to.have.members([]);
  });

  it("lets a component come back after its removal has failed", async () => {
    await app.update(() => mount("one", branch, ["a"]));
    target.onApply = (actions) => {
      for (const { key } of actions) target.outside.delete(key);
      throw new Error("half done");
    };
    await app.update(() => {});
    target.onApply = undefined;
    await app.update(() => mount("one", branch, ["a"]));
    expect(outside()).to.have.members(["a", "branch of a"]);
    expect(await app.update(() => mount("one", branch, ["a"]))).to.deep.equal({ branch: { starts: 1, unchanged: 1 } });
  });
});
