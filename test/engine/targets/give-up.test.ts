import { expect } from "chai";
import { declareTargetState, fn, mount, mountTarget } from "../../../lib/index.ts";
import { stateOf } from "../../../lib/app/environment.ts";
import type { AppRows } from "../../../lib/engine/records/app-rows.ts";
import { danglingStates } from "../../../lib/engine/targets/dangling-states.ts";
import { forgetGivenUp, forgetStates } from "../../../lib/engine/targets/forget-states.ts";
import { giveUpOutside } from "../../../lib/engine/targets/give-up.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { defineFileSystem } from "./file-system-targets.ts";
import { setConfirmed } from "./project-of.ts";

const { failing, folders, outside, placed, server } = defineFileSystem("test/give-up");

describe("A target state that is given up", () => {
  const test = useTestEnvironment({ root: import.meta.dirname });
  const app = createCountingApp(test);
  const all = fn({ memo: true }, async function all() {
    declareTargetState(placed, "below", 1);
    declareTargetState(placed, "/outside", 1);
    declareTargetState(server, "row", 1);
    declareTargetState(await mountTarget(folders.at("in", 1)), "file", 1);
    declareTargetState(await mountTarget(folders.at("/out", 1)), "file", 1);
  });
  const everything = ["+", "/out/", "/out/file", "/outside", "below", "in/", "in/file", "server:row"].slice(1);
  const outsideOnes = ["/out/", "/out/file", "/outside", "server:row"];

  beforeEach(() => {
    outside.clear();
    failing.clear();
  });

  const content = (): string[] => [...outside].toSorted();
  const rows = (): Promise<AppRows> => stateOf(test.environment).createRows("counted");
  const givenUp = async (): Promise<string[]> =>
    [...danglingStates(await rows())]
      .map(({ kind, state }) => `${kind} ${state.path.slice(1).map(String).join("/")}`)
      .toSorted();
  const move = (isConfirmed: boolean): void => setConfirmed(test.environment, isConfirmed);
  /** Confirms the place and runs `body`. Returns the number of states that were removed. */
  const adopt = async (body: () => unknown): Promise<number> => {
    const before = content().length;
    move(true);
    await app.update(body);
    return before - content().length;
  };

  describe("in a store that was moved", () => {
    it("stays outside with all that is in it, while what is below the root is removed", async () => {
      await app.update(() => mount(all));
      expect(content()).to.deep.equal(everything);
      move(false);
      const counts = await app.update(() => {});
      expect(counts["all"]).to.deep.equal({ starts: 1, deletes: 1 });
      expect(content()).to.deep.equal(outsideOnes);
      expect(await givenUp()).to.deep.equal([
        "given-up /out",
        "given-up /out/file",
        "given-up /outside",
        "given-up row",
      ]);
      const [first] = [...danglingStates(await rows())];
      expect(first!.state).to.deep.include({ owner: "/@all", component: "all", reason: "moved" });
      await app.update(() => {});
      expect(content()).to.deep.equal(outsideOnes);
    });

    it("is not removed by a component that goes on without it either", async () => {
      const some = fn(function some(has: boolean) {
        declareTargetState(placed, "/always", 1);
        if (has) declareTargetState(placed, "/outside", 1);
        if (has) declareTargetState(placed, "below", 1);
      });
      await app.update(() => mount(some, true));
      move(false);
      await app.update(() => mount(some, false));
      expect(content()).to.deep.equal(["/always", "/outside"]);
      expect(await givenUp()).to.deep.equal(["given-up /outside"]);
    });

    it("is taken back with its records by the component that declares it again", async () => {
      await app.update(() => mount(all));
      move(false);
      await app.update(() => {});
      outside.delete("/outside");
      await app.update(() => mount(all));
      expect(await givenUp()).to.deep.equal([]);
      expect(content(), "it was on record, and is not written").to.not.include("/outside");
      move(true);
      await app.update(() => {});
      expect(content()).to.deep.equal([]);
    });

    it("is removed once the place is confirmed, the content before its container, unless it is declared again", async () => {
      await app.update(() => mount(all));
      move(false);
      await app.update(() => {});
      const again = fn(function again() {
        declareTargetState(placed, "/outside", 1);
      });
      expect(await adopt(() => mount(again))).to.equal(3);
      expect(content()).to.deep.equal(["/outside"]);
      expect(await givenUp()).to.deep.equal([]);
    });

    it("stays on record when it cannot be removed, and is tried again", async () => {
      await app.update(() => mount(all));
      move(false);
      await app.update(() => {});
      failing.add("/outside");
      expect(await adopt(() => {})).to.equal(3);
      expect(test.caught.map(({ error }) => (error as Error).message)).to.deep.equal(["cannot touch /outside"]);
      expect(test.caught[0]!.context).to.include({ component: "all", path: "/@all", mountKind: "delete" });
      expect(await givenUp()).to.deep.equal(["given-up /outside"]);
      failing.clear();
      expect(await adopt(() => {})).to.equal(1);
      expect(content()).to.deep.equal([]);
    });

    it("keeps its app from being dropped, before anything is removed", async () => {
      await app.update(() => mount(all));
      move(false);
      const error = await failureOf(
        app
          .withMain(() => {})
          .drop()
          .result(),
      );
      expect(error.code).to.equal("TARGET_MOVED");
      expect(error.message).to.include("4 target states").and.to.include("--adopt");
      expect(error.facts).to.include({ app: "counted", count: 4 });
      expect(content()).to.deep.equal(everything);
      await app.update(() => {});
      expect(
        (
          await failureOf(
            app
              .withMain(() => {})
              .drop()
              .result(),
          )
        ).code,
      ).to.equal("TARGET_MOVED");
      move(true);
      await app.withMain(() => {}).drop();
      expect(content()).to.deep.equal([]);
      expect(await test.environment.apps()).to.deep.equal([]);
    });

    it("does not keep an app from being dropped that has everything below the root", async () => {
      await app.update(() => mount(fn({ name: "one" }, () => declareTargetState(placed, "below", 1))));
      move(false);
      await app.withMain(() => {}).drop();
      expect(content()).to.deep.equal([]);
    });
  });

  describe("in a store that was copied", () => {
    const copy = async (): Promise<number> => giveUpOutside(await rows(), test.environment.root, 1234);

    it("is written anew while it is declared, and never removed", async () => {
      await app.update(() => mount(all));
      expect(await copy()).to.equal(4);
      outside.clear();
      expect((await app.update(() => mount(all)))["all"]).to.deep.equal({ starts: 1, reprocesses: 1 });
      expect(content()).to.deep.equal(["/out/", "/out/file", "/outside", "in/", "server:row"]);
      expect(await givenUp()).to.deep.equal([]);
      expect((await app.update(() => mount(all)))["all"]).to.deep.equal({ starts: 1, unchanged: 1 });
      await app.update(() => {});
      expect(content()).to.deep.equal(outsideOnes);
      await app.withMain(() => {}).drop();
      expect(content()).to.deep.equal(outsideOnes);
    });

    it("is not removed when it is not declared any more, neither by an update nor by a drop", async () => {
      await app.update(() => mount(all));
      await copy();
      await app.update(() => {});
      expect(content()).to.deep.equal(outsideOnes);
      expect(await adopt(() => {})).to.equal(0);
      await app.withMain(() => {}).drop();
      expect(content()).to.deep.equal(outsideOnes);
    });

    it("is given up once, also when that is repeated after an interruption", async () => {
      await app.update(() => mount(all));
      await copy();
      expect(await copy()).to.equal(0);
      expect(await givenUp()).to.have.length(4);
    });
  });

  it("is forgotten on demand, with what is in it, and nothing else", async () => {
    await app.update(() => mount(all));
    move(false);
    await app.update(() => {});
    const forgotten = await forgetGivenUp(await rows(), ({ path }) => path.at(-1) === "/out");
    expect(forgotten.map(({ path }) => path.slice(1))).to.deep.equal([["/out"], ["/out", "file"]]);
    expect(await givenUp()).to.deep.equal(["given-up /outside", "given-up row"]);
    expect(content()).to.deep.equal(outsideOnes);
  });

  it("can be any other state as well, which its owner has anew if it goes on to declare it", async () => {
    await app.update(() => mount(all));
    const forgotten = await forgetStates(await rows(), ({ path }) => path.includes("below"));
    expect(forgotten).to.have.length(1);
    expect(forgotten[0]).to.deep.include({ component: "all", owner: "/@all", reason: undefined });
    expect((await app.update(() => mount(all)))["all"]).to.deep.equal({ starts: 1, reprocesses: 1 });
    await forgetStates(await rows(), ({ path }) => path.includes("below"));
    await app.update(() => {});
    expect(content()).to.deep.equal(["below"]);
  });
});
