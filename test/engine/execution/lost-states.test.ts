import { expect } from "chai";
import { App, declareTargetState, defineTarget, fn, mountEach } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";

describe("A target state that another component took, and removed since", () => {
  const test = useTestEnvironment();

  it("is written again by the component that had it first (a bug once: it was missing for good)", async () => {
    const outside = new Map<string, string>();
    const notes = defineTarget<string, string, string, { key: string; value: string | undefined }>("test/lost", {
      reconcile({ desired, key, mayBeMissing, previous }) {
        const action = { key, value: desired };
        if (desired === undefined) return { action, tracking: undefined };
        const isThere = !mayBeMissing && previous.length > 0 && previous.every((state) => state === desired);
        return isThere ? undefined : { action, tracking: desired };
      },
      apply(actions) {
        for (const { key, value } of actions) {
          if (value === undefined) outside.delete(key);
          else outside.set(key, value);
        }
      },
    });
    let isFailing = false;
    const page = fn({ memo: true }, function page(text: string) {
      if (isFailing) throw new Error("planned");
      declareTargetState(notes, text, text);
    });
    const run = async (key: string, { isInterrupted = false } = {}): Promise<void> => {
      const main = async (): Promise<void> => {
        const pages = await mountEach(key, page, [["c", "c"]]);
        await pages.ready();
        if (isInterrupted) throw new Error("interrupted");
      };
      const { environment } = test;
      await new App({ name: "app", environment }, main).update().result();
    };

    await run("one");
    await run("two", { isInterrupted: true }).catch(() => undefined);
    isFailing = true;
    await run("one").catch(() => undefined);
    expect([...outside]).to.deep.equal([]);
    isFailing = false;
    await run("one");
    expect([...outside]).to.deep.equal([["c", "c"]]);
  });
});
