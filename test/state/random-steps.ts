import { expect } from "chai";
import fc from "fast-check";
import { hex, hexes } from "./entries.ts";
import type { OpenStore } from "./open-store.ts";
import { StoreModel } from "./store-model.ts";

/** Describes that a store does what a simple model does, whatever is asked of it in which order. */
export function describeRandomSteps(open: OpenStore): void {
  it("behaves as a sorted map does in random operations", async function () {
    this.timeout(60_000);
    const key = fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 });
    const value = fc.option(fc.uint8Array({ maxLength: 4 }), { nil: undefined });
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("write" as const),
        changes: fc.array(fc.record({ key, value }), { maxLength: 5 }),
      }),
      fc.record({ kind: fc.constant("get" as const), key }),
      fc.record({ kind: fc.constant("range" as const), start: key, end: key }),
      fc.record({ kind: fc.constant("wait" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
        await using opened = await open();
        const model = new StoreModel();
        const writes: Promise<void>[] = [];
        for (const each of steps) {
          if (each.kind === "wait") await writes.at(-1);
          else if (each.kind === "get") expect(hex(opened.store.get(each.key))).to.equal(hex(model.get(each.key)));
          else if (each.kind === "range") {
            const { start, end } = each;
            const wanted = model.range(start, end);
            expect(hexes(opened.store.range(start, end))).to.deep.equal(hexes(wanted));
            expect(opened.store.count(start, end)).to.equal(wanted.length);
          } else {
            model.write(each.changes);
            writes.push(opened.store.write(each.changes));
          }
        }
        await Promise.all(writes);
        const all = [new Uint8Array(0), Uint8Array.of(0xff)] as const;
        expect(hexes(opened.store.range(...all))).to.deep.equal(hexes(model.range(...all)));
      }),
      { numRuns: 60 },
    );
  });
}
