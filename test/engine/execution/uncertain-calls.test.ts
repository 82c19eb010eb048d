import { expect } from "chai";
import { App, declareTargetState, defineTarget, fn, mountEach } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";

type Action = readonly [key: string, value: string | undefined];

const outside = new Map<string, string>();
let isFailing = false;

/** A target that applies its actions before it throws. */
const target = defineTarget<string, string, string, Action>("uncertain-calls/outside", {
  reconcile({ desired, key, mayBeMissing, previous }) {
    const isThere = !mayBeMissing && previous.length > 0 && previous.every((known) => known === desired);
    return isThere ? undefined : { action: [key, desired], tracking: desired };
  },
  apply(actions) {
    for (const [key, value] of actions) {
      if (value === undefined) outside.delete(key);
      else outside.set(key, value);
    }
    if (isFailing) throw new Error("failed after the fact");
  },
});

const call = fn({ memo: true }, function call(key: string): number {
  declareTargetState(target, key, `value of ${key}`);
  return 1;
});

const item = fn({ memo: true }, function item(key: string): void {
  call(key);
});

describe("A state of a memoized call", () => {
  const test = useTestEnvironment();

  it("is written again when its component comes back after a removal that has failed after the fact", async () => {
    let keys = ["a", "b"];
    const main = fn(async function main(): Promise<void> {
      await mountEach(
        item,
        keys.map((key) => [key, key] as const),
      );
    });
    const app = new App({ name: "calls", environment: test.environment }, main);
    await app.update();
    keys = ["b"];
    isFailing = true;
    await app.update();
    expect([...outside.keys()]).to.deep.equal(["b"]);
    keys = ["a", "b"];
    isFailing = false;
    await app.update();
    expect([...outside.keys()].toSorted()).to.deep.equal(["a", "b"]);
  });
});
