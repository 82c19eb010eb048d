import { expect } from "chai";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { isInside, placeAt } from "../../lib/places/place-at.ts";
import { createTempFolder } from "../temp-folder.ts";
import { bindMount, requireBindMounts } from "./bind-mount.ts";
import { fakePlaces } from "./fake-places.ts";

describe("placeAt", () => {
  it("is relative below the root, whatever the path is called, and absolute outside", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "p");
    mkdirSync(join(root, "docs"), { recursive: true });
    symlinkSync(root, join(temp.path, "alias"));
    symlinkSync(temp.path, join(root, "up"));
    for (const path of ["docs", "./docs", join(root, "docs"), join(temp.path, "alias/docs"), "up/p/docs"]) {
      expect(placeAt(root, path), path).to.equal("docs");
    }
    expect(placeAt(root, "up/elsewhere")).to.equal(join(temp.path, "elsewhere"));
    expect(placeAt(root, "memory:1")).to.equal("memory:1");
    expect(placeAt(root, root)).to.equal(".");
  });

  it("is relative for what is reached through a bind mount of the root or of a folder above it", () => {
    const folders = ["/work/p/out", "/mnt/other"];
    const ofRoot = fakePlaces({ folders, mounts: { "/mnt/p": "/work/p" } });
    expect(placeAt("/work/p", "/mnt/p/out", ofRoot)).to.equal("out");
    expect(placeAt("/mnt/p", "/work/p/missing/deep", ofRoot)).to.equal("missing/deep");
    const ofOuter = fakePlaces({ folders, mounts: { "/mnt/w": "/work" } });
    expect(placeAt("/work/p", "/mnt/w/p", ofOuter)).to.equal(".");
    expect(placeAt("/work/p", "/mnt/w/q", ofOuter)).to.equal("/mnt/w/q");
  });

  it("goes by the name alone where the file system's identities tell nothing", () => {
    const system = fakePlaces({ folders: ["/fat/p/out", "/fat/q"], unreliable: ["/fat"] });
    expect(placeAt("/fat/p", "/fat/q", system)).to.equal("/fat/q");
    const withoutInode = fakePlaces({
      folders: ["/work/p"],
      mounts: { "/mnt/p": "/work/p" },
      withoutInode: ["/work/p"],
    });
    expect(placeAt("/work/p", "/mnt/p/out", withoutInode)).to.equal("/mnt/p/out");
  });

  it("sees through a real bind mount of the root", async function () {
    await using temp = await createTempFolder();
    requireBindMounts(this, temp.path);
    const root = join(temp.path, "p");
    mkdirSync(join(root, "out"), { recursive: true });
    using _mount = bindMount(root, join(temp.path, "mnt"));
    expect(placeAt(root, join(temp.path, "mnt/out/x"))).to.equal("out/x");
  });
});

describe("isInside", () => {
  it("is false for a folder of the project that has become a link to a folder elsewhere", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "p");
    mkdirSync(root);
    expect(isInside(root, "out")).to.equal(true);
    symlinkSync(temp.path, join(root, "out"));
    expect(isInside(root, "out")).to.equal(false);
    expect(isInside(root, join(root, "x"))).to.equal(true);
    expect(isInside(root, "memory:1")).to.equal(false);
  });
});
