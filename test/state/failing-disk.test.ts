import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import type { Context } from "mocha";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { startChild } from "./child-process.ts";
import { dump } from "./entries.ts";
import type { FailingDiskReport } from "./failing-disk-process.ts";

const CALLS = ["pwrite64", "fdatasync"];

/**
 * The calls that fail, one in each process: of reserved room, of data pages, of their flush, and of meta pages, after which LMDB refuses the
 * environment.
 */
const PLACES = [3, 4, 5, 6, 7, 8];

describe("A store on a failing disk", () => {
  for (const call of CALLS) {
    for (const place of PLACES) {
      it(`fails one write and goes on when call ${place} of ${call} fails`, async function () {
        this.timeout(60_000);
        requireStrace(this);
        await using folder = await createTempFolder();
        const { failures, found, made } = await runWithFailure(folder.path, call, place);
        expect(failures.map(({ code }) => code)).to.deep.equal(["STORE_UNAVAILABLE"]);
        expect(failures[0]?.message).to.match(
          /^Cannot write to store at .*\/db: .*EIO.*; free space on its disk if that is full, else check the disk/,
        );
        expect(made).to.have.length(7);
        expect(found.at(-1)).to.deep.equal(made);
        await using store = await LmdbStore.open(join(folder.path, "db"));
        expect(dump(store)).to.deep.equal(made.map((key) => `${key}=1`));
      });
    }
  }
});

/** Runs the script with one failing system call on the data file. */
async function runWithFailure(folder: string, call: string, place: number): Promise<FailingDiskReport> {
  const store = join(folder, "db");
  const fault = ["-e", `trace=${CALLS.join(",")}`, "-e", `inject=${call}:error=EIO:when=${place}`];
  // strace counts the calls of each thread by themselves.
  const launcher = ["env", "UV_THREADPOOL_SIZE=1", "strace", "-f", "-o", join(folder, "trace"), "-P"];
  await using child = startChild(
    new URL("./failing-disk-process.ts", import.meta.url),
    [store],
    [...launcher, join(store, "data.mdb"), ...fault],
  );
  const { value } = await child.lines.next();
  if (typeof value !== "string") throw new Error(`The process printed nothing: ${child.errors()}`);
  return JSON.parse(value) as FailingDiskReport;
}

/** Goes on only where processes can be traced: on Linux with strace, outside of most containers. */
function requireStrace(context: Context): void {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
  } catch {
    context.skip();
  }
}
