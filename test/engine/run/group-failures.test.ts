import { expect } from "chai";
import { componentSubpath, declareTargetState, fn, mount, mountEach } from "../../../lib/index.ts";
import { ownReport } from "../../../lib/progress/view/own-report.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useKeptGroups } from "./kept-groups.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("failures", () => {
  const target = useRecordingTarget();
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const { group, handles: groups } = useKeptGroups();

  it("of a run and its groups have the original error, the path, the component and the group; the run has all of them", async () => {
    const broken = fn(function broken(error: unknown) {
      throw error;
    });
    const errors = [new RangeError("in the run"), { odd: true }, "a text", undefined] as const;
    const section = fn(async function section() {
      await group("Inner", () => mount("deep", broken, errors[2]));
      await mount(broken, errors[3]);
    });
    const handle = app
      .withMain(async () => {
        await mount("outside", broken, errors[0]);
        await group("Outer", async () => {
          await mountEach(componentSubpath("items"), broken, [["first", errors[1]]]);
          await mount("member", section);
        });
      })
      .update();
    await handle;
    const seen = [handle, ...groups].map((each) =>
      each.failures().map(({ error, component, path, group: title }) => [error, component, path, title]),
    );
    const [all, ...ofGroups] = seen;
    expect(all).to.have.deep.members([[errors[0], "broken", '/"outside"', null], ...ofGroups.flat()]);
    expect(ofGroups).to.deep.equal([
      [
        [errors[1], "broken", '/"items"/"first"', "Outer"],
        [errors[3], "broken", '/"member"/@broken', "Outer"],
      ],
      [[errors[2], "broken", '/"member"/"deep"', "Inner"]],
    ]);
    expect(all?.[0]?.[0]).to.equal(errors[0]);
    expect(ofGroups[0]?.[0]?.[0]).to.equal(errors[1]);
  });

  it("of a group are the newest 100, those of the run the newest 100 of all (a bug once: of those outside groups)", async () => {
    const broken = fn(function broken(index: number) {
      throw new Error(String(index));
    });
    const items = Array.from({ length: 250 }, (_, index) => [index, index] as const);
    const handle = app
      .withMain(async () => {
        await mount("outside", broken, -1);
        await group("Docs", async () => (await mountEach(broken, items)).ready());
        await mount("last", broken, -2);
      })
      .update();
    await handle;
    const numbers = groups[0]!.failures().map(({ error }) => Number((error as Error).message));
    expect(numbers).to.deep.equal(items.slice(150).map(([index]) => index));
    expect(groups[0]!.stats()?.total.numErrors).to.equal(250);
    const own = ownReport(handle).failures();
    expect(own.map(({ path }) => path)).to.deep.equal(['/"outside"', '/"last"']);
    expect(handle.failures()).to.deep.equal([...groups[0]!.failures().slice(1), own[1]]);
  });

  it("of a group include deletions that have failed at its places", async () => {
    const doc = fn(function doc(text: string) {
      declareTargetState(target.provider, text, text);
    });
    const update = (...texts: string[]) =>
      app.update(() =>
        group("Docs", () =>
          mountEach(
            doc,
            texts.map((text) => [text, text]),
          ),
        ),
      );
    await update("a", "b");
    const error = new Error("disk full");
    target.onApply = (actions) => {
      if (actions.some(({ kind }) => kind === "remove")) throw error;
    };
    await update("a");
    const failures = groups[1]!.failures();
    expect(failures.map((failure) => [failure.error, failure.component, failure.path, failure.group])).to.deep.equal([
      [error, "doc", '/@doc/"b"', "Docs"],
    ]);
    target.onApply = undefined;
  });
});
