import { expect } from "chai";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { canonicalPath } from "../../lib/places/canonical-path.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("canonicalPath", () => {
  it("resolves the links of the deepest existing ancestor and appends the missing names", async () => {
    await using temp = await createTempFolder();
    mkdirSync(join(temp.path, "real/a"), { recursive: true });
    symlinkSync("real", join(temp.path, "link"));
    expect(canonicalPath(join(temp.path, "link/a"))).to.equal(join(temp.path, "real/a"));
    expect(canonicalPath(join(temp.path, "link/missing/deep"))).to.equal(join(temp.path, "real/missing/deep"));
    expect(canonicalPath(`${join(temp.path, "real")}/./a/`)).to.equal(join(temp.path, "real/a"));
  });

  it("follows a link whose target is missing, as writing through it would", async () => {
    await using temp = await createTempFolder();
    mkdirSync(join(temp.path, "real"));
    symlinkSync("real", join(temp.path, "link"));
    symlinkSync("link/later.db", join(temp.path, "x.db"));
    symlinkSync(join(temp.path, "x.db"), join(temp.path, "y.db"));
    expect(canonicalPath(join(temp.path, "y.db"))).to.equal(join(temp.path, "real/later.db"));
  });

  it("ends for links that lead round in a circle", async () => {
    await using temp = await createTempFolder();
    symlinkSync("b", join(temp.path, "a"));
    symlinkSync("a", join(temp.path, "b"));
    expect(canonicalPath(join(temp.path, "a", "x"))).to.match(/[ab]\/x$/);
  });

  it("takes a path that is longer than the system allows", async () => {
    await using temp = await createTempFolder();
    const long = join(temp.path, `${"n".repeat(200)}/`.repeat(30), "x");
    expect(canonicalPath(long)).to.equal(long);
  });

  it("appends the names below a file, which is no folder", async () => {
    expect(canonicalPath("/dev/null/x")).to.equal("/dev/null/x");
  });
});
