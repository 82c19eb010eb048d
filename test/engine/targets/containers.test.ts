import { expect } from "chai";
import {
  componentSubpath,
  declareTargetState,
  defineContainer,
  fn,
  mount,
  mountEach,
  mountTarget,
  type TargetProvider,
  type TidemarkError,
} from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { defineRecordingContainer } from "./recording-container.ts";

type Provider = TargetProvider<string, string>;

describe("A container", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const box = defineRecordingContainer();

  beforeEach(() => {
    box.log.length = 0;
    box.changes.length = 0;
    box.outside.clear();
    box.become = () => "kept";
    box.onApply = undefined;
    box.hasChildWhenGone = true;
  });

  const row = fn({ memo: true }, function row(key: string, provider: Provider) {
    declareTargetState(provider, key, `of ${key}`);
  });
  /** Mounts a container, and a component for each of its rows. */
  const fill = async (name: string, value: string, keys: readonly string[]): Promise<void> => {
    const provider = await mountTarget(box.kind.at(name, value));
    await mountEach(
      name,
      row,
      keys.map((key) => [key, key] as const),
      provider,
    );
  };
  const log = (): string[] => box.log.splice(0);
  const asked = (): unknown[] =>
    box.changes.splice(0).map(({ key, previous, mayBeMissing }) => [key, previous, mayBeMissing]);

  it("is created before its content, and ensured in every run", async () => {
    await app.update(() => fill("box", "1", ["a", "b"]));
    expect(log()).to.deep.equal(["make box", "write box/a", "write box/b"]);
    expect(await app.update(() => fill("box", "1", ["a", "b"]))).to.deep.equal({
      mountTarget: { starts: 1, reprocesses: 1 },
      row: { starts: 2, unchanged: 2 },
    });
    expect(log()).to.deep.equal(["make box"]);
  });

  it("that was kept leaves its rows alone, and the memos of the components that declared them", async () => {
    await app.update(() => fill("box", "1", ["a"]));
    await app.update(() => fill("box", "2", ["a"]));
    expect(log()).to.deep.equal(["make box", "write box/a", "make box"]);
  });

  it("that was altered has every row in it written again, from the records", async () => {
    await app.update(() => fill("box", "1", ["a", "b"]));
    log();
    asked();
    box.become = () => "altered";
    expect((await app.update(() => fill("box", "2", ["a", "b"])))["row"]).to.deep.equal({ starts: 2, reprocesses: 2 });
    expect(log()).to.deep.equal(["make box", "write box/a", "write box/b"]);
    expect(asked()).to.deep.equal([
      ["a", ["of a"], true],
      ["b", ["of b"], true],
    ]);
    box.become = () => "kept";
    expect((await app.update(() => fill("box", "2", ["a", "b"])))["row"]).to.deep.equal({ starts: 2, unchanged: 2 });
  });

  it("that was recreated has every row written as if it were new, and none removed", async () => {
    await app.update(() => fill("box", "1", ["a", "b", "c"]));
    log();
    asked();
    box.become = () => "recreated";
    expect((await app.update(() => fill("box", "2", ["a", "b"])))["row"]).to.deep.equal({
      starts: 3,
      reprocesses: 2,
      deletes: 1,
    });
    expect(log()).to.deep.equal(["make box", "write box/a", "write box/b"]);
    expect(asked()).to.deep.equal([
      ["a", [], true],
      ["b", [], true],
    ]);
  });

  for (const state of ["altered", "recreated"] as const) {
    it(`that was ${state} has components run again that did not get it as an argument, and those above them`, async () => {
      const hidden: { provider?: Provider } = {};
      const user = fn({ memo: true }, function user() {
        declareTargetState(hidden.provider!, "x", "1");
      });
      const above = fn({ memo: true }, function above() {
        return mount(user);
      });
      const inCall = fn({ memo: true }, function inCall() {
        declareTargetState(hidden.provider!, "y", "1");
      });
      const caller = fn(function caller() {
        inCall();
      });
      const body = async (): Promise<void> => {
        hidden.provider = await mountTarget(box.kind.at("box", "1"));
        await mount(above);
        await mount(caller);
      };
      await app.update(body);
      expect((await app.update(body))["above"]).to.deep.equal({ starts: 1, unchanged: 1 });
      log();
      box.become = () => state;
      expect(await app.update(body)).to.deep.include({
        user: { starts: 1, reprocesses: 1 },
        above: { starts: 1, reprocesses: 1 },
      });
      expect(log()).to.have.members(["make box", "write box/x", "write box/y"]);
      box.become = () => "kept";
      expect((await app.update(body))["above"]).to.deep.equal({ starts: 1, unchanged: 1 });
    });
  }

  it("whose making has failed fails the one that mounts it, and has its rows written again later", async () => {
    await app.update(() => fill("box", "1", ["a"]));
    box.onApply = (entry) => {
      if (entry === "make box") throw new Error("cannot make");
    };
    expect((await failureOf(() => app.update(() => fill("box", "2", ["a"])))).message).to.equal("cannot make");
    box.onApply = undefined;
    log();
    await app.update(() => fill("box", "1", ["a"]));
    expect(log()).to.deep.equal(["make box", "write box/a"]);
  });

  it("must have an action decided on in every run", async () => {
    const lazy = defineContainer<string, string, string, string, string, string>("test/lazy", {
      reconcile: () => undefined,
      apply: () => [],
      child: () => undefined,
    });
    const error = await failureOf(() => app.update(() => mountTarget(lazy.at("box", "1"))));
    expect(error.code).to.equal("CONTAINER_DECISION_MISSING");
    expect(error.message).to.include('"box"');
  });

  it("must be mounted in the run before anything can be declared in it", async () => {
    let provider: Provider | undefined;
    await app.update(async () => void (provider = await mountTarget(box.kind.at("box", "1"))));
    const error = await failureOf(() => app.update(() => declareTargetState(provider!, "a", "1")));
    expect(error.code).to.equal("TARGET_UNDEFINED");
    expect(error.message).to.include("call `mountTarget` first");
  });

  it("can be mounted at one place only", async () => {
    const error = await failureOf(() =>
      app.update(async () => {
        await mountTarget(box.kind.at("box", "1"));
        await mountTarget(box.kind.at("box", "1"));
      }),
    );
    expect(error.code).to.equal("COMPONENT_PATH_TAKEN");
    const other = fn(async function other() {
      await mountTarget(box.kind.at("box", "1"));
    });
    await app.update(async () => {
      await mountTarget(box.kind.at("box", "1"));
      await mount(other);
    });
    expect((test.caught[0]!.error as TidemarkError).code).to.equal("TARGET_CONFLICT");
  });

  describe("that is not mounted any more", () => {
    it("is removed after its content", async () => {
      await app.update(() => fill("box", "1", ["a", "b"]));
      log();
      await app.update(() => {});
      expect(log()).to.deep.equal(["remove box/a", "remove box/b", "remove box"]);
      expect(box.outside.size).to.equal(0);
    });

    it("is removed together with its content where its handler says so", async () => {
      box.hasChildWhenGone = false;
      await app.update(() => fill("box", "1", ["a", "b"]));
      log();
      expect(await app.update(() => {})).to.deep.equal({
        mountTarget: { starts: 1, deletes: 1 },
        row: { starts: 2, deletes: 2 },
      });
      expect(log()).to.deep.equal(["remove box"]);
      await app.update(() => fill("box", "1", ["a"]));
      expect(log(), "nothing of it is on record any more").to.deep.equal(["make box", "write box/a"]);
    });

    it("is removed after the states in it that mounted components had declared", async () => {
      const keeper = fn(function keeper(provider: Provider | null) {
        if (provider !== null) declareTargetState(provider, "kept", "1");
      });
      await app.update(async () => mount(keeper, await mountTarget(box.kind.at("box", "1"))));
      log();
      await app.update(() => mount(keeper, null));
      expect(log()).to.deep.equal(["remove box/kept", "remove box"]);
    });

    it("is removed after its content, also below a subpath and in a sub-tree that is gone", async () => {
      const tree = fn(async function tree() {
        await componentSubpath("z").run(async () => {
          const provider = await mountTarget(box.kind.at("box", "1"));
          await componentSubpath("a").run(() => mount(row, "first", provider));
          await mount("zz", row, "last", provider);
        });
      });
      await app.update(() => mount(tree));
      log();
      await app.update(() => {});
      const removals = log();
      expect(removals.slice()).to.have.members(["remove box", "remove box/first", "remove box/last"]);
      expect(removals.at(-1)).to.equal("remove box");
    });

    it("is tried again by the next run when its removal fails", async () => {
      await app.update(() => fill("box", "1", ["a"]));
      box.onApply = (entry) => {
        if (entry === "remove box") throw new Error("cannot remove");
      };
      expect((await app.update(() => {}))["mountTarget"]).to.deep.equal({ starts: 1, errors: 1 });
      box.onApply = undefined;
      expect((await app.update(() => {}))["mountTarget"]).to.deep.equal({ starts: 1, deletes: 1 });
      expect(box.outside.size).to.equal(0);
    });

    it("is filled again when it comes back, by components that were memo hits meanwhile", async () => {
      const hidden: { provider?: Provider } = {};
      const user = fn({ memo: true }, function user() {
        declareTargetState(hidden.provider!, "x", "1");
      });
      const body = (mounts: boolean) => async (): Promise<void> => {
        if (mounts) hidden.provider = await mountTarget(box.kind.at("box", "1"));
        await mount(user);
      };
      await app.update(body(true));
      await app.update(body(false));
      log();
      await app.update(body(true));
      expect(log()).to.deep.equal(["make box", "write box/x"]);
      expect(box.outside.get("box/x")).to.equal("1");
    });
  });
});
