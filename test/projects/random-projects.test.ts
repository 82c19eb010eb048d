import fc from "fast-check";
import { createTempFolder } from "../temp-folder.ts";
import { ProjectCase } from "./project-case.ts";
import { ProjectFolders } from "./project-folders.ts";
import { anyCode, anyOperation, type Operation } from "./random-operation.ts";

/** The same cases each time unless told otherwise, so that the change under test makes the difference. */
const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? 0);
const NUM_CASES = Number(process.env["TIDEMARK_TEST_PROJECTS"] ?? 600);

/** So long after the first failure no smaller case is looked for. */
const MAX_SHRINKING_MS = 20_000;

/** Most steps do little before there are outputs. */
const FIRST_UPDATE: Operation = {
  do: "update",
  project: 0,
  app: 0,
  adopt: false,
  isFull: false,
  isByLink: false,
  abortAfter: undefined,
};

describe(`Random projects (seed ${SEED})`, function () {
  this.timeout(900_000);

  it(`lose nothing that is not theirs, and leave nothing behind: ${NUM_CASES} cases`, async () => {
    let giveUpAt = Number.POSITIVE_INFINITY;
    const codes = fc.tuple(anyCode, anyCode);
    const operations = fc.array(anyOperation, { minLength: 4, maxLength: 12, size: "max" });
    const check = fc.asyncProperty(codes, operations, async (code, steps) => {
      // Looking for a smaller case that fails as well has an end.
      if (performance.now() > giveUpAt) return;
      await using folder = await createTempFolder({ isInMemory: true });
      try {
        const projects = new ProjectCase(new ProjectFolders(folder.path), code);
        await projects.make(FIRST_UPDATE);
        for (const step of steps) await projects.make(step);
        await projects.finish();
      } catch (error) {
        giveUpAt = Math.min(giveUpAt, performance.now() + MAX_SHRINKING_MS);
        throw error;
      }
    });
    await fc.assert(check, { numRuns: NUM_CASES, seed: SEED, includeErrorInReport: true });
  });
});
