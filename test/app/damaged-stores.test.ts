import { once } from "node:events";
import { join } from "node:path";
import { expect } from "chai";
import { startChild } from "../state/child-process.ts";
import { createTempFolder } from "../temp-folder.ts";

const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? Date.now() % 1_000_000);
const NUM_CASES = 600;
const NUM_PROCESSES = 2;
const SCRIPT = new URL("./damaged-stores/damage-process.ts", import.meta.url);

/** The ends of the cases: right, refused with a code, wrong, or the death of the process. */
type Ends = Readonly<Record<"right" | "refused" | "wrong", string[]>>;

describe("Damaged stores", () => {
  it(`are right or refused, ${NUM_CASES} of them, and end no process (TIDEMARK_TEST_SEED=${SEED})`, async function () {
    this.timeout(600_000);
    await using folder = await createTempFolder({ isInMemory: true });
    const ends: Ends = { right: [], refused: [], wrong: [] };
    const processes = Array.from({ length: NUM_PROCESSES }, (_, index) => openFrom(folder.path, index, ends));
    await Promise.all(processes);
    expect(ends.wrong).to.deep.equal([]);
    expect(ends.right.length + ends.refused.length).to.equal(NUM_CASES);
    // Most damage hits what is in use.
    expect(ends.refused.length).to.be.above(NUM_CASES / 4);
    expect(ends.right.length).to.be.above(NUM_CASES / 20);
  });
});

/** Opens every other case from `first` on in a child process, and in a new one after the death of a child. */
async function openFrom(folder: string, first: number, ends: Ends): Promise<void> {
  const root = join(folder, `project-${first % NUM_PROCESSES}`);
  await using child = startChild(SCRIPT, [root, SEED, first, NUM_PROCESSES, NUM_CASES].map(String));
  const exit = once(child.process, "exit");
  let current = "before the first case";
  let next = first;
  for await (const line of child.lines) {
    const [kind = "", ...rest] = line.split(" ");
    if (kind === "case") {
      current = rest.join(" ");
      next += NUM_PROCESSES;
    } else ends[kind as keyof Ends].push(`${current}: ${rest.join(" ")}`);
  }
  const [code, signal] = (await exit) as [number | null, string | null];
  if (code === 0) return;
  ends.wrong.push(`${current}: the process ended with ${code ?? signal}: ${child.errors()}`);
  if (next > first) await openFrom(folder, next, ends);
}
