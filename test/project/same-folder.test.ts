import { expect } from "chai";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { placeSystem } from "../../lib/places/place-system.ts";
import { isSameFolder } from "../../lib/project/same-folder.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("isSameFolder", () => {
  it("sees through links, and is sure of equal paths only where a folder is missing", async () => {
    await using folder = await createTempFolder();
    const [one, other, link, file] = ["one", "other", "link", "file"].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
      string,
    ];
    await Promise.all([mkdir(one), mkdir(other), symlink(one, link), writeFile(file, "")]);
    expect(isSameFolder(one, link)).to.equal(true);
    expect(isSameFolder(one, other)).to.equal(false);
    expect(isSameFolder("/missing", "/missing")).to.equal(true);
    expect(isSameFolder("/missing", "/other")).to.equal(false);
    expect(isSameFolder(one, join(file, "below"))).to.equal(false);
    expect(isSameFolder(one, link, { ...placeSystem, isReliable: () => false })).to.equal(false);
  });
});
