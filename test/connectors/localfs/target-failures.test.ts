import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryPath } from "../../../lib/connectors/localfs/replace-file.ts";
import { mountTmpfs } from "../../places/tmpfs.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { contentOf, createRecordedFolder, RecordedFolder } from "./recorded-folder.ts";
import { failureOf } from "./test-tree.ts";

const NOBODY = 65_534;

/** Runs `act` as a user who has to obey permissions. */
async function asOtherUser<T>(act: () => Promise<T>): Promise<T> {
  if (process.getuid!() !== 0) return act();
  process.seteuid!(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid!(0);
  }
}

describe("a target folder that cannot be written", function () {
  this.timeout(60_000);

  it("keeps the former files and nothing else when its file system is full, and goes on when there is space", async function () {
    await using temp = await createTempFolder();
    const root = join(temp.path, "site");
    using disk = mountTmpfs(this, root, "size=256k");
    const folder = new RecordedFolder(root);
    await folder.apply({ a: "old", "b/c": "old" });
    for (const [path, sizeBytes] of [
      ["a", 1_000_000],
      ["b/c", 3_000_000],
      ["new", 1_000_000],
    ] as const) {
      const error = await failureOf(folder.apply({ [path]: new Uint8Array(sizeBytes) }));
      expect(error.code).to.equal("FILE_WRITE_FAILED");
      expect(error.message).to.equal(
        `Cannot write ${root}/${path}: no space left on device (ENOSPC); free some space on its file system`,
      );
      expect(contentOf(root)).to.deep.equal({ a: "old", "b/": "", "b/c": "old" });
    }
    disk.remount("size=16m");
    await folder.apply({ a: new Uint8Array(1_000_000), "b/c": "2", new: "3" });
    expect(Object.keys(contentOf(root)).toSorted()).to.deep.equal(["a", "b/", "b/c", "new"]);
  });

  it("keeps its files when its file system is read-only, and removes none", async function () {
    await using temp = await createTempFolder();
    const root = join(temp.path, "site");
    using disk = mountTmpfs(this, root, "size=1m");
    const folder = new RecordedFolder(root);
    await folder.apply({ a: "old", b: "old" });
    disk.remount("ro");
    const remedy = "read-only file system (EROFS); mount its file system for writing, or choose another folder";
    const written = await failureOf(folder.apply({ a: "new" }));
    expect(written.message).to.equal(`Cannot write ${root}/a: ${remedy}`);
    const removed = await failureOf(folder.apply({ b: undefined }));
    expect(removed.message).to.equal(`Cannot remove ${root}/b: ${remedy}`);
    expect(contentOf(root)).to.deep.equal({ a: "old", b: "old" });
    disk.remount("rw");
    await folder.apply({ a: "new", b: undefined });
    expect(contentOf(root)).to.deep.equal({ a: "new" });
  });

  it("keeps its files when it may not be written", async function () {
    if (process.platform === "win32") this.skip();
    await using subject = await createRecordedFolder();
    await subject.folder.apply({ a: "old" });
    chmodSync(subject.outside, 0o755);
    chmodSync(subject.root, 0o555);
    const remedy = "permission denied (EACCES); change its permissions, or run as another user";
    for (const [declared, act] of [
      [{ a: "new" }, `write ${subject.root}/a`],
      [{ "b/c": "new" }, `write ${subject.root}/b/c`],
      [{ a: undefined }, `remove ${subject.root}/a`],
    ] as const) {
      const error = await asOtherUser(() => failureOf(subject.folder.apply(declared)));
      expect(error.code).to.equal("FILE_WRITE_FAILED");
      expect(error.message).to.equal(`Cannot ${act}: ${remedy}`);
    }
    expect(contentOf(subject.root)).to.deep.equal({ a: "old" });
    chmodSync(subject.root, 0o755);
  });

  it("says that a name is too long, and leaves nothing behind", async () => {
    await using subject = await createRecordedFolder();
    const name = "x".repeat(300);
    const error = await failureOf(subject.folder.apply({ [name]: "1" }));
    expect(error.message).to.equal(
      `Cannot write ${subject.root}/${name}: name too long (ENAMETOOLONG); choose a shorter path`,
    );
    expect(contentOf(subject.root)).to.deep.equal({});
  });
});

describe("a target file that something else has replaced", () => {
  for (const isTemporary of [false, true]) {
    it(`is written in place of a FIFO ${isTemporary ? "at its temporary path" : "at its path"}`, async function () {
      if (process.platform === "win32") this.skip();
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ a: "old" });
      const path = isTemporary ? temporaryPath(join(subject.root, "a")) : join(subject.root, "a");
      rmSync(path, { force: true });
      execFileSync("mkfifo", [path]);
      await subject.folder.apply({ a: "new" });
      expect(readFileSync(join(subject.root, "a"), "utf8")).to.equal("new");
      expect(Object.keys(contentOf(subject.root))).to.deep.equal(["a"]);
    });
  }

  it("is left alone by a removal that is uncertain, and removed by one that is not, if it is a FIFO", async function () {
    if (process.platform === "win32") this.skip();
    await using subject = await createRecordedFolder();
    await subject.folder.apply({ a: "1" });
    await subject.folder.apply({ b: "1" }, { crash: "before" });
    for (const name of ["a", "b"]) {
      rmSync(join(subject.root, name), { force: true });
      execFileSync("mkfifo", [join(subject.root, name)]);
    }
    await subject.folder.apply({ a: undefined, b: undefined });
    expect(execFileSync("ls", [subject.root], { encoding: "utf8" }).trim()).to.equal("b");
  });
});
