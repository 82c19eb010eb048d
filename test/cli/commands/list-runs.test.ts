import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";

const PIPELINE = `
import { App, fn, mountEach, statsGroup } from "tidemark";
const work = fn(function work(index) {
  if (index === 2) throw new TypeError("bad row 2");
});
export const first = new App("first", async function main() {
  await statsGroup("rows", () => mountEach(work, [[1, 1], [2, 2], [3, 3]]));
});
export const second = new App("second", function main() {});
`;

describe("tidemark ls --runs", function () {
  this.timeout(60_000);
  const folder = useCliFolder({ "pipeline.ts": PIPELINE });

  it("lists the updates of a store or of a file, the newest first, with what failed", async () => {
    await folder.run("update", "pipeline.ts:first", "-q");
    await folder.run("update", "pipeline.ts:second", "-q");
    for (const args of [[], ["pipeline.ts"], ["--db", ".tidemark"]]) {
      const { code, stdout } = await folder.run("ls", ...args, "--runs");
      const lines = stdout.trimEnd().split("\n");
      expect(lines, args.join(" ")).to.have.length(3);
      expect(lines[0]).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}second {2}done {2}[\d.]+ s {2}1 total \| 1 added$/);
      expect(lines[1]).to.match(/first {2}done, with failures {2}[\d.]+ s {2}4 total \| 3 added, 1 error, in 1 group$/);
      expect(lines[2]).to.equal("  ✗ TypeError: bad row 2 (/@work/2)");
      expect(code).to.equal(0);
    }
    const { stdout } = await folder.run("ls", "pipeline.ts:second", "--runs");
    expect(stdout.trimEnd().split("\n")).to.have.length(1);
  });

  it("says when there are none, and makes no store", async () => {
    for (const args of [[], ["pipeline.ts"]]) {
      const { code, stderr, stdout } = await folder.run("ls", ...args, "--runs");
      expect([code, stderr, stdout]).to.deep.equal([0, "No update is on record\n", ""]);
    }
    const { stdout } = await folder.run("ls", "pipeline.ts");
    expect(stdout).to.equal("[+] first\n[+] second\n");
  });

  it("refuses a store that is not there, and one beside a file", async () => {
    expect((await folder.run("ls", "--runs", "--db", "nowhere")).stderr).to.include("there is no store in nowhere");
    expect((await folder.run("ls", "pipeline.ts", "--runs", "--db", ".tidemark")).code).to.equal(2);
  });
});
