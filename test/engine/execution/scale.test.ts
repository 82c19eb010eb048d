import { expect } from "chai";
import { once } from "node:events";
import { join } from "node:path";
import { App, fn, mountEach, type ComponentStats } from "../../../lib/index.ts";
import { startChild } from "../../state/child-process.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment } from "../../test-environment.ts";

/** What `scale-process.ts` prints. */
interface Outcome {
  readonly numMade: number;
  readonly maxAhead: number;
  readonly runs: readonly {
    readonly ms: number;
    readonly heapMax: number;
    readonly isMonotonic: boolean;
    readonly work: ComponentStats;
    readonly total: ComponentStats;
  }[];
}

const NUM_COMPONENTS = 100_000;
const NUM_ITEMS = 1_000_000;
const MB = 1024 * 1024;

describe("100,000 components in one mountEach", function () {
  this.timeout(900_000);
  let outcome: Outcome;

  before(async () => {
    await using folder = await createTempFolder();
    const launcher = ["sh", "-c", 'command="$1"; shift; exec "$command" --expose-gc "$@"', "sh"];
    const args = [join(folder.path, "db"), String(NUM_COMPONENTS)];
    await using child = startChild(new URL("scale-process.ts", import.meta.url), args, launcher);
    const [code] = (await once(child.process, "close")) as [number];
    expect(child.errors()).to.equal("");
    expect(code).to.equal(0);
    outcome = JSON.parse(((await child.lines.next()) as { value: string }).value) as Outcome;
  });

  it("are all made, and all unchanged in the second run", () => {
    const [first, second] = outcome.runs;
    expect(outcome.numMade).to.equal(NUM_COMPONENTS);
    expect(first!.work).to.include({
      numExecutionStarts: NUM_COMPONENTS,
      numAdds: NUM_COMPONENTS,
      numInProgress: 0,
      numQueued: 0,
    });
    expect(second!.work).to.include({
      numExecutionStarts: NUM_COMPONENTS,
      numUnchanged: NUM_COMPONENTS,
      numInProgress: 0,
    });
  });

  it("do not make the counts go backwards", () => {
    expect(outcome.runs.map((run) => run.isMonotonic)).to.deep.equal([true, true]);
  });

  it("take no more memory than the slots do", () => {
    const [first, second] = outcome.runs;
    expect(first!.heapMax / MB, "MB of heap in the first run").to.be.lessThan(25);
    expect(second!.heapMax / MB, "MB of heap in the second run").to.be.lessThan(8);
  });

  it("are taken from the items as slots become free", () => {
    expect(outcome.maxAhead).to.be.at.most(1024 + 2);
  });
});

describe("A million items", function () {
  this.timeout(900_000);

  it("are taken one by one, never many more than there are slots, though the run is ended half-way", async () => {
    await using test = await createTestEnvironment();
    const controller = new AbortController();
    let numTaken = 0;
    let numDone = 0;
    let maxAhead = 0;
    let isClosed = false;
    function* items(): Generator<readonly [number, number]> {
      try {
        for (let index = 0; index < NUM_ITEMS; index++) {
          maxAhead = Math.max(maxAhead, ++numTaken - numDone);
          yield [index, index];
        }
      } finally {
        isClosed = true;
      }
    }
    const work = fn(async function work() {
      await Promise.resolve();
      if (++numDone === 20_000) controller.abort(new Error("enough"));
    });
    const app = new App(
      { name: "million", environment: test.environment, maxInflightComponents: 100 },
      async function main() {
        await mountEach(work, items());
      },
    );
    const reason = await app
      .update({ signal: controller.signal })
      .result()
      .catch((error: unknown) => error);
    expect((reason as Error).message).to.equal("enough");
    expect(numTaken).to.be.lessThan(21_000);
    expect(maxAhead).to.be.at.most(102);
    expect(isClosed, "the generator was told to end").to.equal(true);
  });
});
