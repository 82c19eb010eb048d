import { expect } from "chai";
import { join } from "node:path";
import { createTempFolder } from "../../temp-folder.ts";
import { parseTrace, requireTracing, traceCalls, type SystemCall } from "./system-calls.ts";

const SCRIPT = new URL("flushing-process.ts", import.meta.url);
const NUM_FILES = 20;
const NUM_REMOVED = 10;

/** The calls of {@link SCRIPT} in an empty folder. */
class Trace {
  readonly #folder: string;
  readonly #calls: readonly SystemCall[];

  constructor(folder: string, durability: string) {
    this.#folder = folder;
    this.#calls = traceCalls(SCRIPT, [folder, durability], folder);
  }

  of(name: RegExp, path: string | RegExp): readonly SystemCall[] {
    const isMeant = (found: string): boolean =>
      typeof path === "string" ? found === join(this.#folder, path) : path.test(found);
    return this.#calls.filter((call) => name.test(call.name) && call.paths.some(isMeant));
  }

  /** Checks that a call of the second kind follows the last one of the first kind, before any later call that is not to come earlier. */
  expectAfter(earlier: readonly SystemCall[], later: readonly SystemCall[], limit: number = Infinity): void {
    const end = Math.max(...earlier.map((call) => call.end));
    expect(later.some((call) => call.begin > end && call.end < limit)).to.equal(true);
  }
}

describe("The order of writes to disk", () => {
  before(function () {
    requireTracing(this);
  });

  it('is file, rename, folder, record with `durability: "flush"`', async () => {
    await using temp = await createTempFolder();
    const trace = new Trace(temp.path, "flush");
    const removals = trace.of(/^unlink/, /\/new\/out\/docs\/\d+$/);
    const renames = trace.of(/^rename/, /\/new\/out\/docs\/\d+$/);
    expect(renames).to.have.lengthOf(NUM_FILES);
    for (const rename of renames) {
      const flushes = trace.of(/^fsync$/, rename.paths[0]!.slice(temp.path.length + 1));
      expect(flushes.map(({ end }) => end < rename.begin)).to.deep.equal([true]);
    }
    const secondRun = Math.min(...removals.map(({ begin }) => begin));
    const folder = trace.of(/^fsync$/, "new/out/docs");
    trace.expectAfter(renames, folder, secondRun);
    const flushed = folder.filter(({ end }) => end < secondRun);
    trace.expectAfter(flushed, trace.of(/^fdatasync$/, "store/data.mdb"), secondRun);
  });

  it("flushes the folders in which folders were made", async () => {
    await using temp = await createTempFolder();
    const trace = new Trace(temp.path, "flush");
    trace.expectAfter(trace.of(/^mkdir/, "new/out/docs"), trace.of(/^fsync$/, "new/out"));
    trace.expectAfter(trace.of(/^mkdir/, "new/out"), trace.of(/^fsync$/, "new"));
    trace.expectAfter(trace.of(/^mkdir/, "new"), trace.of(/^fsync$/, ""));
  });

  for (const durability of ["verify", "flush"]) {
    it(`is removal, folder, record with \`durability: "${durability}"\``, async () => {
      await using temp = await createTempFolder();
      const trace = new Trace(temp.path, durability);
      const removals = trace.of(/^unlink/, /\/new\/out\/docs\/\d+$/);
      expect(removals).to.have.lengthOf(NUM_REMOVED);
      const flushes = trace.of(/^fsync$/, "new/out/docs");
      trace.expectAfter(removals, flushes);
      trace.expectAfter(flushes, trace.of(/^fdatasync$/, "store/data.mdb"));
    });
  }

  it("has no flush of a file by default", async () => {
    await using temp = await createTempFolder();
    expect(new Trace(temp.path, "verify").of(/sync$/, /\.tidemark-/)).to.deep.equal([]);
  });

  it("keeps data, format and folder of a new store in order", async () => {
    await using temp = await createTempFolder();
    const trace = new Trace(temp.path, "verify");
    const [format] = trace.of(/^rename/, "store/FORMAT");
    const [record] = trace.of(/^fdatasync$/, "store/data.mdb");
    trace.expectAfter(trace.of(/^mkdir/, "store"), trace.of(/^fsync$/, ""), format!.begin);
    // Once for the format, before there is data, and once for the file of the data.
    const flushes = trace.of(/^fsync$/, "store").filter(({ begin, end }) => begin > format!.end && end < record!.begin);
    expect(flushes).to.have.lengthOf.at.least(2);
  });
});

describe("parseTrace", () => {
  it("joins a call that another thread interrupts, and leaves failed ones out", () => {
    const trace =
      '7 fsync(3</a> <unfinished ...>\n8 rename("/b", "/c") = -1 ENOENT (No)\n7 <... fsync resumed>)  = 0\n';
    expect(parseTrace(trace)).to.deep.equal([{ name: "fsync", paths: ["/a"], isDone: true, begin: 0, end: 2 }]);
  });
});
