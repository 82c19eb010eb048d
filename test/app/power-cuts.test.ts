import { join } from "node:path";
import { createTempFolder } from "../temp-folder.ts";
import { PowerCutCase } from "./power-cut-case.ts";
import type { Pick } from "./power-cut-disk.ts";

const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? Date.now() % 1_000_000);
const NUM_CASES = Number(process.env["TIDEMARK_TEST_POWER_CUTS"] ?? 200);
const CUTS_PER_CASE = 3;

describe(`Power cuts (seed ${SEED})`, function () {
  this.timeout(900_000);

  it(`lose nothing for good: ${NUM_CASES} pipelines, ${CUTS_PER_CASE} cuts each`, async () => {
    await using temp = await createTempFolder({ isInMemory: true });
    for (let number = 0; number < NUM_CASES; number++) {
      const seed = SEED + number;
      try {
        const tried = new PowerCutCase(join(temp.path, `${number}`), createPick(seed));
        for (let cut = 0; cut < CUTS_PER_CASE; cut++) await tried.runAndCut();
        await tried.finish();
      } catch (error) {
        throw new Error(`Cannot repair the folder after power cuts; repeat it with TIDEMARK_TEST_SEED=${seed}`, {
          cause: error,
        });
      }
    }
  });
});

/** Picks the same values for the same seed. */
function createPick(seed: number): Pick {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return (values) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return values[((mixed ^ (mixed >>> 14)) >>> 0) % values.length]!;
  };
}
