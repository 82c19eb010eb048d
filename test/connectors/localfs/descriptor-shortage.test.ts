import { expect } from "chai";
import { startChild } from "../../state/child-process.ts";
import { createTempFolder } from "../../temp-folder.ts";

const REMEDY = "too many open files (EMFILE); raise the limit of open files (ulimit -n), or close files";

describe("a run without file descriptors", function () {
  this.timeout(180_000);

  it("processes all files with a few, fails with the remedy without any, and converges after that", async function () {
    if (process.platform === "win32") this.skip();
    await using temp = await createTempFolder();
    const launcher = ["sh", "-c", `ulimit -n 80; exec "$@"`, "sh"];
    await using child = startChild(new URL("./starved-process.ts", import.meta.url), [temp.path], launcher);
    const line = (await child.lines.next()).value as string | undefined;
    expect(line, child.errors()).to.be.a("string");
    const { scarce, none, all, numPages } = JSON.parse(line!) as Record<string, unknown>;
    expect({ scarce, all }).to.deep.equal({ scarce: [], all: [] });
    expect([...new Set(none as string[])].toSorted()).to.deep.equal([
      "DATABASE_UNAVAILABLE unable to open database file",
      `FILE_READ_FAILED ${REMEDY}`,
    ]);
    // 1,999 files and their 20 folders.
    expect(numPages).to.equal(2019);
  });
});
