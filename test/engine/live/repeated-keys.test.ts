import { expect } from "chai";
import { declareTargetState, fn, mountEach, type LiveMapSubscriber } from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

type Subscriber = LiveMapSubscriber<string, string>;

const TWICE = [
  ["a", "one"],
  ["a", "two"],
] as const;

describe("A key that comes twice in one listing of a feed is COMPONENT_PATH_TAKEN", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  let isSlow = false;
  const doc = fn({ memo: true }, async function doc(text: string) {
    if (isSlow) await new Promise((resolve) => setImmediate(resolve));
    declareTargetState(target.provider, "a", text);
  });
  const codes = (): unknown[] => test.caught.map(({ error }) => (error as { readonly code?: unknown }).code);

  for (const slow of [false, true]) {
    const kind = slow ? "slow" : "fast";

    it(`where the first component is ${kind}, new, and then on record`, async () => {
      isSlow = slow;
      const watch = async (subscriber: Subscriber): Promise<void> => {
        await subscriber.updateAll(TWICE);
        await subscriber.markReady();
      };
      const counts = [1, 2, 3].map(() => app.update(() => mountEach(doc, { watch })));
      const [first, ...later] = await Promise.all(counts);
      expect(first).to.deep.equal({ doc: { starts: 2, adds: 1, errors: 1 } });
      for (const one of later) expect(one).to.deep.equal({ doc: { starts: 2, unchanged: 1, errors: 1 } });
      expect(codes()).to.deep.equal(Array.from({ length: 3 }, () => "COMPONENT_PATH_TAKEN"));
      expect(target.outside.get("a")).to.equal("one");
    });

    it(`where the first component is ${kind}, in a later listing of a live run, which deletes nothing`, async () => {
      isSlow = slow;
      const errors: Error[] = [];
      const watch = async (subscriber: Subscriber): Promise<void> => {
        await subscriber.updateAll([["a", "zero"]]);
        await subscriber.markReady();
        errors.push(await failureOf(() => subscriber.updateAll(TWICE)));
        await subscriber.updateAll([["a", "one"]]);
        await (await subscriber.update("a", "two")).ready();
        await (await subscriber.update("a", "three")).ready();
      };
      const counts = await app.update(() => mountEach(doc, { watch }), { live: true });
      expect(errors.map((error) => (error as { readonly code?: unknown }).code)).to.deep.equal([
        "COMPONENT_PATH_TAKEN",
      ]);
      expect(counts).to.deep.equal({ doc: { starts: 5, adds: 1, reprocesses: 3, unchanged: 1 } });
      expect(target.outside.get("a")).to.equal("three");
    });
  }
});
