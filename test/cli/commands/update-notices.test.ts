import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";
import { doublingApp } from "./doubling-app.ts";

const OUTSIDE = "Source of `double` at /@double has no items now; everything made of its former items is to be deleted";
const INSIDE = OUTSIDE.replace("/@double", '/"more"');

describe("tidemark update, with sources that have become empty", () => {
  const folder = useCliFolder();

  async function empty(...options: readonly string[]) {
    await folder.write("app.ts", doublingApp([1], [2]));
    await folder.run("update", "app.ts");
    await folder.write("app.ts", doublingApp([], []));
    return folder.run("update", "app.ts", ...options);
  }

  it("says so once for each, in the block of its report", async () => {
    const { code, stderr, stdout } = await empty();
    expect(code).to.equal(0);
    expect(stderr).to.equal("");
    expect(stdout.split(`! ${OUTSIDE}\n`)).to.have.lengthOf(2);
    expect(stdout.split(`! ${INSIDE}\n`)).to.have.lengthOf(2);
    expect(stdout).to.contain("1 deleted");
    expect((await folder.run("update", "app.ts")).stdout).to.not.contain("has no items");
  });

  for (const option of ["--quiet", "--json"]) {
    it(`logs it with ${option}`, async () => {
      const { code, stderr, stdout } = await empty(option);
      expect(code).to.equal(0);
      expect(stderr.split("\n").filter((line) => line.startsWith("tidemark: "))).to.have.members([
        `tidemark: ${OUTSIDE}`,
        `tidemark: ${INSIDE}`,
      ]);
      expect(stdout).to.not.contain("has no items");
    });
  }
});
