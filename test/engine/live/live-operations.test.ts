import { expect } from "chai";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import {
  declareTargetState,
  fn,
  mount,
  type LiveComponent,
  type LiveComponentOperator,
  type MountHandle,
} from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("The operations of a live component", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  let wanted: Record<string, string> = {};
  let live: (operator: LiveComponentOperator) => Promise<void>;

  it("reach for any interleaving of operations the state that they have in the order of asking", async function () {
    this.timeout(60_000);
    const keys = ["a", "b", "c"];
    const value = fc.integer({ min: 1, max: 3 }).map(String);
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant("update" as const), key: fc.constantFrom(...keys), value }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), key: fc.constantFrom(...keys) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("full" as const),
          wanted: fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("ready" as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("pause" as const), turns: fc.nat({ max: 6 }) }) },
    );
    const running = new Map<string, number>();
    let isFull = false;
    const item = fn(async function item(text: string, key: string) {
      const count = (running.get(key) ?? 0) + 1;
      running.set(key, count);
      expect(count, `at work on ${key}`).to.equal(1);
      for (let turn = 0; turn < Number(text); turn++) await setImmediate();
      declareTargetState(target.provider, key, text);
      running.set(key, count - 1);
    });
    class Items implements LiveComponent {
      async process(): Promise<void> {
        expect(
          [...running.values()].some((count) => count > 0),
          "at work beside a full update",
        ).to.equal(false);
        isFull = true;
        for (const [key, text] of Object.entries(wanted)) await mount(key, item, text, key);
        isFull = false;
      }

      async processLive(operator: LiveComponentOperator): Promise<void> {
        await live(operator);
      }
    }
    const model = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (program) => {
        live = async (operator) => {
          const asked: Promise<MountHandle | void>[] = [];
          for (const part of program) {
            if (part.kind === "update") {
              asked.push(operator.update(part.key, item, part.value, part.key));
              model.set(part.key, part.value);
            } else if (part.kind === "delete") {
              asked.push(operator.delete(part.key));
              model.delete(part.key);
            } else if (part.kind === "full") {
              ({ wanted } = part);
              asked.push(operator.updateFull());
              model.clear();
              for (const [key, text] of Object.entries(wanted)) model.set(key, text);
            } else if (part.kind === "ready") {
              asked.push(operator.markReady());
            } else {
              for (let turn = 0; turn < part.turns; turn++) await setImmediate();
            }
          }
          for (const handle of await Promise.all(asked)) await handle?.ready();
          await setImmediate();
          wasReady = isReady;
        };
        let isReady = false;
        let wasReady = false;
        const main = async (): Promise<void> => {
          const mounted = await mount(Items);
          void mounted.ready().then(() => (isReady = true));
        };
        const handle = app.withMain(main).update({ live: true });
        await handle;
        expect(wasReady, "ready").to.equal(program.some(({ kind }) => kind === "ready"));
        expect(isFull).to.equal(false);
        expect(handle.failures()).to.deep.equal([]);
        expect(handle.stats()?.total.numInProgress).to.equal(0);
        expect(Object.fromEntries(target.outside)).to.deep.equal(Object.fromEntries(model));
      }),
      { numRuns: 250 },
    );
  });
});
