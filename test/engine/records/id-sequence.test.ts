import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import { checkStore } from "../../../lib/engine/check/check-store.ts";
import { fn, mount, TidemarkError } from "../../../lib/index.ts";
import { failNextWrite } from "../../fail-next-write.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { unhandledRejectionsOf } from "../../unhandled-rejections.ts";
import { createCountingApp } from "../counting-app.ts";

const doc = fn(function doc(_text: string) {});

describe("IdSequence", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  it("gives no id out twice after its reservation could not be written (bug: rows with its ids were)", async () => {
    const full = new Error("ENOSPC: no space left on device");
    const failing = app.withMain(async () => {
      await failNextWrite(test.environment, full);
      await mount("a", doc, "a");
    });
    expect(await failureOf(failing.update().result())).to.equal(full);
    const store = await stateOf(test.environment).store();
    expect((await checkStore(store)).problems).to.deep.equal([]);
    await app.update(async () => {
      await mount("b", doc, "b");
      await mount("a", doc, "a");
    });
    expect((await checkStore(store)).problems).to.deep.equal([]);
  });

  it("leaves no rejection unhandled where the store can be read no more either (a bug once: it ended the process)", async () => {
    const lost = new TidemarkError("STORE_LOST", "Cannot use store");
    const store = await stateOf(test.environment).store();
    const [get, write] = [store.get.bind(store), store.write.bind(store)];
    const failing = app.withMain(async () => {
      store.write = () => {
        store.get = () => {
          throw lost;
        };
        return Promise.reject(lost);
      };
      await mount("a", doc, "a");
    });
    const unhandled = await unhandledRejectionsOf(async () => {
      expect(await failureOf(failing.update().result())).to.equal(lost);
    });
    Object.assign(store, { get, write });
    expect(unhandled).to.deep.equal([]);
  });

  it("writes the reservation with the rows that use its ids for as long as it fails alone", async () => {
    const full = new Error("ENOSPC: no space left on device");
    const store = await stateOf(test.environment).store();
    const write = store.write.bind(store);
    const failing = app.withMain(async () => {
      // Every write of a single row fails, such as the reservation and its second attempt.
      store.write = (changes) =>
        changes.length === 1 && changes[0]!.key[0] === 7 ? Promise.reject(full) : write(changes);
      await mount("a", doc, "a");
      await mount("b", doc, "b");
    });
    expect(await failureOf(failing.update().result())).to.equal(full);
    store.write = write;
    expect((await checkStore(store)).problems).to.deep.equal([]);
  });
});
