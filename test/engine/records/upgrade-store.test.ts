import { expect } from "chai";
import { StoreRows } from "../../../lib/engine/records/store-rows.ts";
import { upgradeStore, type UpgradeStep } from "../../../lib/engine/records/upgrade-store.ts";
import { MemoryStore } from "../../../lib/state/memory-store.ts";
import type { StateChange } from "../../../lib/state/store.ts";
import { dump, put } from "../../state/entries.ts";
import { failureOf } from "../../state/failure-of.ts";

/** A store whose writes fail from the given one on, as after a kill; `log` has the steps that were asked for their changes. */
class Harness {
  readonly store = new MemoryStore();
  readonly log: string[] = [];
  readonly steps: readonly UpgradeStep[] = ["first", "second", "third"].map((name) => ({
    name,
    changes: (store) => {
      this.log.push(name);
      return [put(name, `${dump(store, "a").length} before`)];
    },
  }));

  failWritesFrom(numWrites: number): Disposable {
    const write = this.store.write.bind(this.store);
    let left = numWrites;
    this.store.write = async (changes: readonly StateChange[]) => {
      if (left-- <= 0) throw new Error("killed");
      await write(changes);
    };
    return { [Symbol.dispose]: () => void (this.store.write = write) };
  }
}

const UPGRADED = ["first=0 before", "second=1 before", "third=2 before"];

describe("upgradeStore", () => {
  it("makes the steps in order, each seeing the changes of those before it", async () => {
    const { log, steps, store } = new Harness();
    await upgradeStore(store, steps);
    expect([log, dump(store, "a")]).to.deep.equal([["first", "second", "third"], UPGRADED]);
  });

  it("makes each step once, and later those that a later version has added", async () => {
    const { log, steps, store } = new Harness();
    await upgradeStore(store, steps.slice(0, 2));
    await upgradeStore(store, steps.slice(0, 2));
    expect(log).to.deep.equal(["first", "second"]);
    await upgradeStore(store, steps);
    expect([log, dump(store, "a")]).to.deep.equal([["first", "second", "third"], UPGRADED]);
  });

  for (const numWrites of [0, 1, 2]) {
    it(`repeats only the steps that are not done when it was killed in step ${numWrites + 1}`, async () => {
      const harness = new Harness();
      {
        using _killed = harness.failWritesFrom(numWrites);
        await failureOf(upgradeStore(harness.store, harness.steps));
      }
      expect(dump(harness.store, "a")).to.deep.equal(UPGRADED.slice(0, numWrites));
      harness.log.length = 0;
      await upgradeStore(harness.store, harness.steps);
      expect(harness.log).to.deep.equal(["first", "second", "third"].slice(numWrites));
      expect(dump(harness.store, "a")).to.deep.equal(UPGRADED);
    });
  }

  it("leaves a store without upgrades as it is", async () => {
    const store = new MemoryStore();
    await upgradeStore(store, []);
    expect([store.count(Uint8Array.of(0), Uint8Array.of(255)), new StoreRows(store).get("upgrades")]).to.deep.equal([
      0,
      undefined,
    ]);
  });
});
