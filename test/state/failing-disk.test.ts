import { join } from "node:path";
import { expect } from "chai";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { startChild } from "./child-process.ts";
import type { CutDiskReport } from "./cut-disk-process.ts";
import { dump } from "./entries.ts";
import { DATA_CALLS, failingLauncher, requireStrace, type FailingCall } from "./failing-launcher.ts";
import type { FailingDiskReport } from "./failing-disk-process.ts";
import { failureOf } from "./failure-of.ts";

/**
 * The calls that fail, one in each thread of a process: of reserved room in one thread; of data pages, of their flush, and of meta pages, after
 * which LMDB refuses the environment, in another one.
 */
const PLACES = [3, 4, 5, 6, 7, 8];

/** Calls of commits that fail: of a flush, of a meta page, and of a data page. Each with the number of commits before. */
const CUTS = [
  ["fdatasync", 4, 3],
  ["fdatasync", 6, 5],
  ["pwrite64", 7, 3],
  ["pwrite64", 10, 6],
] as const;

describe("A store on a failing disk", () => {
  for (const call of DATA_CALLS) {
    for (const place of PLACES) {
      it(`fails the write and goes on when call ${place} of ${call} fails`, async function () {
        this.timeout(60_000);
        requireStrace(this);
        await using folder = await createTempFolder();
        const report = await runWithFailure("./failing-disk-process.ts", folder.path, { call, place });
        const { failures, found, made } = report as FailingDiskReport;
        expect(failures.length).to.be.within(1, 2);
        for (const { code, message } of failures) {
          expect(code).to.equal("STORE_UNAVAILABLE");
          expect(message).to.match(
            /^Cannot write to store at .*\/db: .*EIO.*; free space on its disk if that is full, else check the disk/,
          );
        }
        expect(made).to.have.length(8 - failures.length);
        expect(found.at(-1)).to.deep.equal(made);
        await using store = await LmdbStore.open(join(folder.path, "db"));
        expect(dump(store)).to.deep.equal(made.map((key) => `${key}=1`));
      });
    }
  }

  for (const [call, place, number] of CUTS) {
    for (const isBack of [false, true]) {
      const end = isBack ? "ends no process when they are put back" : "refuses to be opened";
      it(`is lost and ${end} when its data are cut short where call ${place} of ${call} fails`, async function () {
        this.timeout(60_000);
        requireStrace(this);
        await using folder = await createTempFolder();
        const args = isBack ? ["back"] : [];
        const report = await runWithFailure("./cut-disk-process.ts", folder.path, { call, place }, ...args);
        const { after, read, writes } = report as CutDiskReport;
        const made = Array.from({ length: number }, () => "made");
        const lost = Array.from({ length: 7 - number }, () => "STORE_LOST");
        expect(writes).to.deep.equal([...made, "STORE_UNAVAILABLE", ...lost]);
        expect(read).to.equal("STORE_LOST");
        const opening = LmdbStore.open(join(folder.path, "db"));
        if (isBack) {
          expect(after).to.be.oneOf(["made", "STORE_UNAVAILABLE"]);
          await using store = await opening;
          expect(dump(store)).to.include.members(made.map((_, index) => `key${index}=1`));
        } else {
          expect((await failureOf(opening)).code).to.equal("STORE_CORRUPT");
        }
      });
    }
  }
});

/** Runs a script with one failing system call on the data file, and returns the line that it prints. */
async function runWithFailure(
  script: string,
  folder: string,
  failing: FailingCall,
  ...args: string[]
): Promise<unknown> {
  const store = join(folder, "db");
  const launcher = failingLauncher(folder, store, failing);
  await using child = startChild(new URL(script, import.meta.url), [store, ...args], launcher);
  const { value } = await child.lines.next();
  if (typeof value !== "string") throw new Error(`The process printed nothing: ${child.errors()}`);
  return JSON.parse(value);
}
