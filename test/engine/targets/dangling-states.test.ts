import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import type { TrackingRow } from "../../../lib/engine/records/row.ts";
import { danglingStates } from "../../../lib/engine/targets/dangling-states.ts";
import { forgetStates } from "../../../lib/engine/targets/forget-states.ts";
import { declareTargetState, fn, mount, type TidemarkError } from "../../../lib/index.ts";
import { encodePath } from "../../../lib/state/stable-key.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { defineFileSystem } from "./file-system-targets.ts";

const { placed } = defineFileSystem("test/dangling");

describe("danglingStates", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const one = fn(function one() {
    declareTargetState(placed, "below", 1);
  });

  it("lists nothing of a store in order", async () => {
    await app.update(() => mount(one));
    expect([...danglingStates(await stateOf(test.environment).createRows("counted"))]).to.deep.equal([]);
  });

  it("lists owner rows without records, records without owner rows, and components that are not in the tree", async () => {
    await app.update(() => mount(one));
    const rows = await stateOf(test.environment).createRows("counted");
    const [{ id, row }] = [...rows.states.tracked()].filter((tracked) => tracked.row.items.length > 0) as [
      { id: number; row: TrackingRow },
    ];
    const [item] = row.items as [(typeof row.items)[number]];
    const kinds = (): string[] =>
      [...danglingStates(rows)].map(({ kind, state }) => `${kind} ${state.path.map(String).join("/")}`);
    await rows.write([rows.removeOwner(item.providerId, item.key)]);
    expect(kinds()).to.deep.equal(["unowned test/dangling/placed/below"]);
    await rows.write([rows.putOwner(item.providerId, item.key, id), rows.putTracking(id, { ...row, items: [] })]);
    expect(kinds()).to.deep.equal(["untracked test/dangling/placed/below"]);
    await rows.write([rows.putTracking(id, row), rows.removeChild(0, row.path)]);
    expect(kinds()).to.deep.equal(["detached test/dangling/placed/below"]);
  });

  it("lists states of targets that are not defined in this process", async () => {
    await app.update(() => mount(one));
    const rows = await stateOf(test.environment).createRows("counted");
    const [{ id, row }] = [...rows.states.tracked()].filter((tracked) => tracked.row.items.length > 0) as [
      { id: number; row: TrackingRow },
    ];
    const item = { ...row.items[0]!, providerId: 9999 };
    await rows.write([
      ...rows.putProvider(9999, encodePath(["test/never-defined"])),
      rows.putOwner(9999, item.key, id),
      rows.putTracking(id, { ...row, items: [...row.items, item] }),
    ]);
    expect([...danglingStates(rows)].map(({ kind }) => kind)).to.deep.equal(["undefined"]);
    await app.update(() => {});
    expect((test.caught[0]!.error as TidemarkError).code).to.equal("TARGET_UNDEFINED");
    await forgetStates(rows, ({ path }) => path[0] === "test/never-defined");
    expect((await app.update(() => {}))["one"]).to.deep.equal({ starts: 1, deletes: 1 });
  });
});
