import { expect } from "chai";
import {
  appendFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { plant, replaceFile } from "../test-tree.ts";
import { createFollowed, versionOf } from "./followed-folder.ts";

describe("FolderWatcher", () => {
  it("lists the files, in the order of their paths", async () => {
    await using subject = await createFollowed({ "b.md": "", "a/c.md": "", "a.md": "" });
    expect([...subject.followed.files.keys()]).to.deep.equal(["a.md", "a/c.md", "b.md"]);
  });

  it("tells of a file that is made, edited and deleted, and of no other", async () => {
    await using subject = await createFollowed({ "a.md": "1", "b/c.md": "1" });
    writeFileSync(subject.at("b/new.md"), "1");
    await subject.followed.caughtUp();
    appendFileSync(subject.at("a.md"), "2");
    await subject.followed.caughtUp();
    unlinkSync(subject.at("b/c.md"));
    await subject.followed.caughtUp();
    expect(subject.followed.changed).to.deep.equal(["b/new.md", "a.md"]);
    expect(subject.followed.removed).to.deep.equal(["b/c.md"]);
  });

  it("takes a save by rename for one change of the file", async () => {
    await using subject = await createFollowed({ "a.md": "1", "b.md": "1" });
    writeFileSync(subject.at("a.md.tmp"), "2");
    renameSync(subject.at("a.md"), subject.at("a.md~"));
    renameSync(subject.at("a.md.tmp"), subject.at("a.md"));
    unlinkSync(subject.at("a.md~"));
    await subject.followed.caughtUp();
    expect(subject.followed.changed).to.deep.equal(["a.md"]);
    expect(subject.followed.removed).to.deep.equal([]);
  });

  it("tells of a file that another of the same size and time has replaced, by itself or with its folder", async () => {
    await using subject = await createFollowed({ "a.md": "1", "b/c.md": "1" });
    replaceFile(subject.at("a.md"), "2");
    await subject.followed.caughtUp();
    plant(subject.beside("other"), { "c.md": "2" });
    const { atime, mtime } = statSync(subject.at("b/c.md"));
    utimesSync(subject.beside("other/c.md"), atime, mtime);
    renameSync(subject.at("b"), subject.beside("former"));
    renameSync(subject.beside("other"), subject.at("b"));
    await subject.followed.caughtUp();
    expect(subject.followed.changed).to.deep.equal(["a.md", "b/c.md"]);
  });

  it("tells nothing of a file that comes and goes within a burst", async () => {
    await using subject = await createFollowed({ "a.md": "1" });
    writeFileSync(subject.at("b.md"), "1");
    unlinkSync(subject.at("b.md"));
    writeFileSync(subject.at("c.md"), "1");
    await subject.followed.caughtUp();
    expect(
      subject.followed.told.map(({ changed, removed }) => [changed.map(({ path }) => path), removed]),
    ).to.deep.equal([[["c.md"], []]]);
  });

  it("tells of a renamed file as one gone and one new", async () => {
    await using subject = await createFollowed({ "a.md": "1" });
    renameSync(subject.at("a.md"), subject.at("b.md"));
    await subject.followed.caughtUp();
    expect(subject.followed.changed).to.deep.equal(["b.md"]);
    expect(subject.followed.removed).to.deep.equal(["a.md"]);
  });

  it("follows into folders that are made, level by level at once", async () => {
    await using subject = await createFollowed({});
    plant(subject.docs, { "a/b/c/d.md": "1", "a/e.md": "1" });
    await subject.followed.caughtUp();
    writeFileSync(subject.at("a/b/c/d.md"), "22");
    await subject.followed.caughtUp();
    plant(subject.docs, { "a/b/c/f/g/h.md": "1" });
    await subject.followed.caughtUp();
    expect(new Set(subject.followed.changed)).to.deep.equal(new Set(["a/b/c/d.md", "a/e.md", "a/b/c/f/g/h.md"]));
    expect(subject.followed.changed.filter((path) => path === "a/b/c/d.md")).to.have.length.at.least(2);
    expect(subject.followed.removed).to.deep.equal([]);
  });

  it("follows a folder that is moved, and no longer under its former name", async () => {
    await using subject = await createFollowed({ "a/b/c.md": "1", "a/d.md": "1" });
    renameSync(subject.at("a"), subject.at("z"));
    await subject.followed.caughtUp();
    writeFileSync(subject.at("z/b/c.md"), "22");
    await subject.followed.caughtUp();
    plant(subject.docs, { "a/b/c.md": "333" });
    await subject.followed.caughtUp();
    writeFileSync(subject.at("a/b/c.md"), "4444");
    await subject.followed.caughtUp();
    expect([...subject.followed.files.keys()].toSorted()).to.deep.equal(["a/b/c.md", "z/b/c.md", "z/d.md"]);
  });

  it("follows folders that change places", async () => {
    await using subject = await createFollowed({ "a/x/1.md": "1", "b/x/2.md": "22" });
    renameSync(subject.at("a"), subject.beside("spare"));
    renameSync(subject.at("b"), subject.at("a"));
    renameSync(subject.beside("spare"), subject.at("b"));
    await subject.followed.caughtUp();
    writeFileSync(subject.at("a/x/3.md"), "333");
    writeFileSync(subject.at("b/x/1.md"), "4444");
    await subject.followed.caughtUp();
    expect([...subject.followed.files.keys()].toSorted()).to.deep.equal(["a/x/2.md", "a/x/3.md", "b/x/1.md"]);
    expect(subject.followed.removed.toSorted()).to.deep.equal(["a/x/1.md", "b/x/2.md"]);
  });

  it("follows a folder that is moved in, and forgets one that is moved out", async () => {
    await using subject = await createFollowed({ "a/b/c.md": "1" });
    renameSync(subject.at("a"), subject.beside("out"));
    await subject.followed.caughtUp();
    plant(subject.beside("out"), { "b/c.md": "22", "b/d.md": "1" });
    renameSync(subject.beside("out"), subject.at("in"));
    await subject.followed.caughtUp();
    writeFileSync(subject.at("in/b/d.md"), "22");
    await subject.followed.caughtUp();
    expect(subject.followed.removed).to.deep.equal(["a/b/c.md"]);
  });

  it("follows a folder that is removed and made again in the same moment", async () => {
    await using subject = await createFollowed({ "a/b/c.md": "1", "a/d.md": "1" });
    rmSync(subject.at("a"), { recursive: true });
    plant(subject.docs, { "a/b/c.md": "22" });
    await subject.followed.caughtUp();
    writeFileSync(subject.at("a/b/c.md"), "333");
    await subject.followed.caughtUp();
    expect([...subject.followed.files.keys()]).to.deep.equal(["a/b/c.md"]);
    expect(subject.followed.removed).to.include("a/d.md");
  });

  it("takes a file in place of a folder, and a folder in place of a file", async () => {
    await using subject = await createFollowed({ "a/b.md": "1", c: "1" });
    rmSync(subject.at("a"), { recursive: true });
    writeFileSync(subject.at("a"), "2");
    unlinkSync(subject.at("c"));
    plant(subject.docs, { "c/d.md": "1" });
    await subject.followed.caughtUp();
    expect(subject.followed.removed).to.have.members(["a/b.md", "c"]);
  });

  it("finds 5,000 files that come at once, and their end", async function () {
    this.timeout(60_000);
    await using subject = await createFollowed({ "a.md": "1" });
    const paths = Array.from({ length: 5000 }, (_, index) => `${index % 7}/${index % 50}/${index}.md`);
    plant(subject.docs, Object.fromEntries(paths.map((path) => [path, "1"])));
    await subject.followed.caughtUp();
    expect(subject.followed.files).to.have.lengthOf(5001);
    for (let index = 0; index < 7; index++) rmSync(subject.at(String(index)), { recursive: true });
    await subject.followed.caughtUp();
    expect([...subject.followed.files.keys()]).to.deep.equal(["a.md"]);
  });

  it("finds the changes that happen while it lists", async () => {
    await using subject = await createFollowed({});
    plant(subject.docs, Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${index}/a.md`, "1"])));
    await subject.followed.caughtUp();
    const { followed } = subject;
    followed.files.clear();
    let count = 0;
    for await (const file of followed.watcher.scan()) {
      followed.files.set(file.path, versionOf(file));
      // One before and one after where the list has come to.
      if (count++ % 50 !== 0) continue;
      plant(subject.docs, { [`${count}/b.md`]: "1", [`${500 - count}/a.md`]: "22", [`new-${count}/c`]: "" });
    }
    await followed.caughtUp();
    const isNew = (path: string): boolean => path.endsWith("/b.md") || path.startsWith("new-");
    const numRounds = Math.ceil(count / 50);
    expect(numRounds).to.be.at.least(10);
    expect([...followed.files.keys()].filter(isNew)).to.have.length(2 * numRounds);
    expect(followed.removed).to.deep.equal([]);
  });

  it("sees an edit that changes neither size nor, as far as the file system's clock tells, time", async () => {
    await using subject = await createFollowed({ "a.md": "0" });
    for (let round = 1; round <= 9; round++) {
      writeFileSync(subject.at("a.md"), String(round));
      await subject.followed.next();
    }
    expect(subject.followed.changed).to.have.lengthOf(9);
  });

  it("takes `include` and `exclude` as a walk does, and puts no watch on folders that are left out", async () => {
    const before = await countWatches();
    await using subject = await createFollowed(
      { "a.md": "1", "node_modules/a/b.md": "1", "sub/node_modules/c/d.md": "1", "sub/e.md": "1" },
      { include: "**/*.md", exclude: "**/node_modules" },
    );
    expect(await countWatches()).to.equal(before + 2);
    plant(subject.docs, { "node_modules/a/b.md": "2", "b.txt": "1", ".hidden/a.md": "1", "sub/f.md": "1" });
    await subject.followed.caughtUp();
    expect(subject.followed.changed).to.deep.equal(["sub/f.md"]);
  });

  it("releases all watches", async () => {
    const before = await countWatches();
    {
      await using subject = await createFollowed({ "a/b/c.md": "1", "d/e.md": "1" });
      expect(await countWatches()).to.equal(before + 4);
      rmSync(subject.at("a"), { recursive: true });
      await subject.followed.caughtUp();
      expect(await countWatches()).to.equal(before + 2);
    }
    expect(await countWatches()).to.equal(before);
  });

  describe("with symbolic links", () => {
    it("follows into linked folders only with `followSymlinks`, and not round in circles", async () => {
      for (const followSymlinks of [false, true]) {
        await using subject = await createFollowed({ "a/b.md": "1" }, { followSymlinks });
        plant(subject.beside("out"), { "x/y.md": "1" });
        symlinkSync("../out", subject.at("link"));
        symlinkSync("../a", subject.at("a/up"));
        writeFileSync(subject.at("a/c.md"), "1");
        await subject.followed.caughtUp();
        writeFileSync(subject.beside("out/x/z.md"), "1");
        writeFileSync(subject.at("a/b.md"), "22");
        await subject.followed.caughtUp();
        expect(subject.followed.files.has("link/x/z.md")).to.equal(followSymlinks);
      }
    });
  });

  it("ends at once, while it waits or lists", async () => {
    await using subject = await createFollowed({ "a.md": "1", "b.md": "1" });
    const waiting = subject.followed.next();
    const list = subject.followed.watcher.scan();
    await list.next();
    subject.followed[Symbol.dispose]();
    expect(await waiting).to.equal(undefined);
    expect(await subject.followed.next()).to.equal(undefined);
    const error: unknown = await list.next().catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal("AbortError");
  });

  it("does not mind files that shrink and vanish while it looks", async () => {
    await using subject = await createFollowed({});
    for (let round = 0; round < 300; round++) {
      writeFileSync(subject.at(`${round % 5}.md`), "12345");
      truncateSync(subject.at(`${round % 5}.md`), 2);
      if (round % 3 > 0) unlinkSync(subject.at(`${round % 5}.md`));
      await nextTurn();
    }
    await subject.followed.caughtUp();
    // The last rounds, 295 to 299, unlink all files but those of rounds that 3 divides.
    expect([...subject.followed.files.keys()]).to.deep.equal(["2.md"]);
    expect(subject.followed.fallbacks).to.deep.equal([]);
  });
});

/** The system's watches of this process, after those that were closed have gone. */
async function countWatches(): Promise<number> {
  await nextTurn();
  await nextTurn();
  return process.getActiveResourcesInfo().filter((name) => name === "FSEventWrap").length;
}
