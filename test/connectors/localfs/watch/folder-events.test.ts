import { expect } from "chai";
import { appendFileSync, mkdirSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFolderEvents } from "../../../../lib/connectors/localfs/watch/folder-events.ts";
import { createTempFolder } from "../../../temp-folder.ts";
import { plant } from "../test-tree.ts";
import { createFollowed } from "./followed-folder.ts";

/** The paths that are reported, until `done` has been. */
function listen(root: string, isRecursive: boolean, done: string) {
  const reported = new Map<string, boolean>();
  const isDone = Promise.withResolvers<void>();
  const changed = (path: string, isDeep: boolean): void => {
    reported.set(path, isDeep || (reported.get(path) ?? false));
    if (path === done) isDone.resolve();
  };
  const events = openFolderEvents(root, { changed }, isRecursive);
  return { reported, isDone: isDone.promise, events };
}

describe("openFolderEvents", () => {
  it("watches each folder that it is told to, and no other", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a/b/c.md": "1", "d/e.md": "1" });
    const { events, reported, isDone } = listen(temp.path, false, "a/b/last");
    using _events = events;
    for (const prefix of ["", "a/b/"]) events.watchFolder(prefix);
    for (const path of ["a/new", "d/new", "a/b/new", "a/b/last"]) writeFileSync(join(temp.path, path), "");
    await isDone;
    expect([...reported]).to.deep.equal([
      ["a/b/new", true],
      ["a/b/last", true],
    ]);
  });

  it("says only of the root itself that something has happened to it", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "docs/a/b.md": "1" });
    const { events, reported, isDone } = listen(join(temp.path, "docs"), false, "");
    using _events = events;
    for (const prefix of ["", "a/"]) events.watchFolder(prefix);
    renameSync(join(temp.path, "docs/a"), join(temp.path, "docs/z"));
    renameSync(join(temp.path, "docs"), join(temp.path, "other"));
    await isDone;
    expect([...reported.keys()].toSorted()).to.deep.equal(["", "a", "z"]);
  });

  it("reports the folder when the name is not valid UTF-8, as that is not the name", async function () {
    if (process.platform !== "linux") this.skip();
    await using temp = await createTempFolder();
    plant(temp.path, { "a/b/c.md": "1" });
    const { events, reported, isDone } = listen(temp.path, false, "a/b");
    using _events = events;
    events.watchFolder("a/b/");
    writeFileSync(Buffer.concat([Buffer.from(join(temp.path, "a/b/caf")), Buffer.from([0xe9])]), "");
    await isDone;
    expect([...reported.keys()]).to.deep.equal(["a/b"]);
  });

  it("ends one watch, or all", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a/b.md": "1", "c/d.md": "1", "e/f.md": "1" });
    const { events, reported, isDone } = listen(temp.path, false, "e/last");
    {
      using _events = events;
      events.watchFolder("a/")?.[Symbol.dispose]();
      events.watchFolder("e/");
      for (const path of ["a/new", "e/last"]) writeFileSync(join(temp.path, path), "");
      await isDone;
    }
    writeFileSync(join(temp.path, "e/later"), "");
    const { events: others, isDone: isOver } = listen(temp.path, false, "c/last");
    using _others = others;
    others.watchFolder("c/");
    writeFileSync(join(temp.path, "c/last"), "");
    await isOver;
    expect([...reported.keys()]).to.deep.equal(["e/last"]);
  });

  it("throws for a folder that is not there", async () => {
    await using temp = await createTempFolder();
    const { events } = listen(temp.path, false, "");
    using _events = events;
    expect(() => events.watchFolder("a/")).to.throw("ENOENT");
  });

  // What macOS and Windows have; Node makes up for it elsewhere.
  it("watches a whole tree at once, as some systems can, and FolderWatcher makes do with that", async () => {
    await using subject = await createFollowed(
      { "a/b/c.md": "1", "d.md": "1" },
      { openEvents: (root, sink) => openFolderEvents(root, sink, true) },
    );
    for (const change of [
      () => writeFileSync(subject.at("a/b/new.md"), "1"),
      () => appendFileSync(subject.at("a/b/c.md"), "2"),
      () => renameSync(subject.at("a/b"), subject.at("a/z")),
      () => unlinkSync(subject.at("d.md")),
      () => mkdirSync(subject.at("e")),
      () => renameSync(subject.at("a/z"), subject.at("e/y")),
    ]) {
      change();
      await subject.followed.caughtUp();
    }
    expect([...subject.followed.files.keys()].toSorted()).to.deep.equal(["e/y/c.md", "e/y/new.md"]);
  });
});
