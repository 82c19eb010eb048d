import { expect } from "chai";
import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { KnownPlaces } from "../../lib/places/known-places.ts";
import { placeAt } from "../../lib/places/place-at.ts";
import { createTempFolder } from "../temp-folder.ts";
import { bindMount, requireBindMounts } from "./bind-mount.ts";
import { fakePlaces, type FakeTree } from "./fake-places.ts";

/** The places known of a tree whose project is at /p. */
function createSubject(tree: FakeTree, recorded: readonly string[] = []) {
  const system = fakePlaces(tree);
  const places = new KnownPlaces("/p", system);
  for (const place of recorded) places.add(place);
  return { system, places, find: (path: string): string => places.find(placeAt("/p", path, system)) };
}

describe("KnownPlaces", () => {
  it("finds a recorded folder through a bind mount of it or of a folder above it", () => {
    const tree = { folders: ["/p", "/a/x/out", "/b"], mounts: { "/b/out": "/a/x/out", "/c": "/a" } };
    const { find } = createSubject(tree, ["/a/x/out"]);
    expect(["/b/out", "/c/x/out", "/a/x/out"].map(find)).to.deep.equal(Array(3).fill("/a/x/out"));
    expect(find("/b/other")).to.equal("/b/other");
  });

  it("finds a folder below the root by a mount that does not lead through the root", () => {
    const { find } = createSubject({ folders: ["/p/out", "/b"], mounts: { "/b/out": "/p/out" } }, ["out"]);
    expect(find("/b/out")).to.equal("out");
  });

  it("finds a folder by a name in another case, where the file system gives one folder to both", () => {
    const { find } = createSubject({ folders: ["/p/out"], mounts: { "/p/OUT": "/p/out" } }, ["out"]);
    expect([find("/p/OUT"), find("/p/OUT/new"), find("/p/out/new")]).to.deep.equal(["out", "OUT/new", "OUT/new"]);
  });

  it("tells a folder from one that is mounted over the same name elsewhere", () => {
    const tree = { folders: ["/p", "/a", "/other/out"], mounts: { "/b": "/a" } };
    const { find, system } = createSubject(tree, ["/a/out"]);
    expect(find("/b/out")).to.equal("/a/out");
    system.add("/a/out");
    expect(find("/b/out")).to.equal("/a/out");
    const nested = createSubject(
      { folders: ["/p", "/a", "/other/out"], mounts: { "/b": "/a", "/b/out": "/other/out" } },
      ["/a/out"],
    );
    expect(nested.find("/b/out")).to.equal("/b/out");
  });

  it("keeps the name of a folder that was missing when it became known", () => {
    const { find, system } = createSubject({ folders: ["/p", "/a"], mounts: { "/b": "/a" } });
    expect(find("/a/x/out")).to.equal("/a/x/out");
    expect(find("/b/x/out")).to.equal("/a/x/out");
    system.add("/a/x");
    expect(find("/b/x/out")).to.equal("/a/x/out");
    system.add("/a/x/out");
    expect(find("/b/x/out")).to.equal("/a/x/out");
  });

  it("knows two recorded places that are one folder by the one that is named as a new one would be", () => {
    const tree = { folders: ["/p/out"], mounts: { "/a": "/p/out" }, links: { "/l": "/p/out" } };
    const { places } = createSubject(tree, ["/l"]);
    expect(places.add("out")).to.equal("out");
    expect(places.add("/l")).to.equal("out");
    const byAge = createSubject({ folders: ["/p", "/a"], mounts: { "/b": "/a", "/c": "/a" } }, ["/c", "/b"]);
    expect(byAge.find("/a")).to.equal("/c");
  });

  it("takes no folder for another by the inode of one that is gone", async () => {
    await using temp = await createTempFolder();
    const places = new KnownPlaces(temp.path);
    mkdirSync(join(temp.path, "old"));
    expect(places.find("old")).to.equal("old");
    // The folder keeps its inode, as a new one may get it.
    renameSync(join(temp.path, "old"), join(temp.path, "new"));
    expect(places.find("new")).to.equal("new");
  });

  it("goes by names where identities tell nothing", () => {
    const { find } = createSubject({ folders: ["/p", "/fat/a", "/fat/b"], unreliable: ["/fat"] }, ["/fat/a"]);
    expect(find("/fat/b")).to.equal("/fat/b");
  });

  it("leaves names that are no path as they are", () => {
    const { find, places } = createSubject({ folders: ["/p"] });
    expect([find("memory:1"), places.add("memory:2")]).to.deep.equal(["memory:1", "memory:2"]);
  });

  it("sees a recorded folder through real links and bind mounts", async function () {
    await using temp = await createTempFolder();
    requireBindMounts(this, temp.path);
    const at = (name: string): string => join(temp.path, name);
    for (const folder of ["p", "a/out", "b", "l"]) mkdirSync(at(folder), { recursive: true });
    symlinkSync(at("a"), at("l/a"));
    using _nested = bindMount(at("a/out"), at("b/out"));
    using _outer = bindMount(at("a"), at("c"));
    const places = new KnownPlaces(at("p"));
    places.add(at("a/out"));
    for (const path of ["b/out", "c/out", "l/a/out"]) {
      expect(places.find(placeAt(at("p"), at(path))), path).to.equal(at("a/out"));
    }
    expect(places.find(placeAt(at("p"), at("c/new")))).to.equal(at("a/new"));
    expect(places.find(placeAt(at("p"), at("a/new")))).to.equal(at("a/new"));
    rmSync(at("a/out"), { recursive: true });
  });
});
