import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { cpSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContentReader } from "../../../lib/connectors/localfs/content-reader.ts";
import { walkDir, type File, type WalkDirOptions } from "../../../lib/connectors/localfs/index.ts";
import { App, Environment, fn, mountEach } from "../../../lib/index.ts";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { bindMount, requireBindMounts } from "../../places/bind-mount.ts";
import { openedElsewhere } from "../../state/lock-state.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { until } from "../../until.ts";
import { createFollowed } from "./watch/followed-folder.ts";
import { collect, failureOf, findFile, pathsOf, plant } from "./test-tree.ts";

/** A project with a store in `.tidemark`, open until the subject is disposed of. */
async function createSubject() {
  const temp = await createTempFolder();
  const at = (path: string): string => join(temp.path, path);
  const store = await LmdbStore.open(at(".tidemark"));
  plant(temp.path, { "a.md": "1" });
  return {
    root: temp.path,
    at,
    async [Symbol.asyncDispose]() {
      await store.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** Reads all files of a walk in every way. */
async function readAll(dir: string, options: WalkDirOptions): Promise<string[]> {
  const paths: string[] = [];
  for await (const [path, file] of walkDir(dir, options).items()) {
    paths.push(path);
    await file.text();
    await file.bytes();
    await collect(file.stream());
  }
  return paths;
}

describe("the folder of an open store", function () {
  this.timeout(60_000);

  it("is no part of a run's walk, and keeps its lock, wherever the walk leads to it", async () => {
    await using temp = await createTempFolder();
    const at = (path: string): string => join(temp.path, path);
    plant(temp.path, { "a.md": "1", "state/readme.md": "2" });
    await using environment = new Environment({ dbPath: at("state/daily"), onException: () => undefined });
    await using _other = await LmdbStore.open(at(".tidemark"));
    const seen: string[] = [];
    const read = fn(async function read(file: File) {
      seen.push(file.path);
      await file.text();
    });
    const app = new App({ name: "reader", environment }, async function main() {
      await mountEach(read, walkDir(temp.path, { dot: true }).items());
    });
    for (const run of [1, 2]) {
      await app.update();
      expect(seen.splice(0).toSorted(), `run ${run}`).to.deep.equal(["a.md", "state/readme.md"]);
    }
    for (const store of ["state/daily", ".tidemark"]) expect(await openedElsewhere(at(store))).to.equal("STORE_LOCKED");
  });

  it("is part of a walk once the store is closed", async () => {
    await using temp = await createTempFolder();
    await (await LmdbStore.open(join(temp.path, "state"))).close();
    expect(await pathsOf(temp.path)).to.include("state/data.mdb");
  });

  it("is skipped where a link or a link to one of its files leads to it, and where its files have other names", async () => {
    await using subject = await createSubject();
    const { at, root } = subject;
    symlinkSync(".tidemark", at("linked"));
    symlinkSync(".tidemark/.owner.lock", at("linked-lock"));
    mkdirSync(at("copy"));
    for (const name of [".owner.lock", "lock.mdb", "data.mdb", "FORMAT"]) {
      linkSync(at(`.tidemark/${name}`), at(`copy/${name}`));
    }
    const read = await readAll(root, { dot: true, followSymlinks: true });
    expect(read).to.deep.equal(["a.md", "copy/FORMAT"]);
    expect(await openedElsewhere(at(".tidemark"))).to.equal("STORE_LOCKED");
  });

  it("is skipped where it is mounted", async function () {
    await using subject = await createSubject();
    const { at, root } = subject;
    requireBindMounts(this, root);
    using _ = bindMount(at(".tidemark"), at("mounted"));
    rmSync(at("tried"), { recursive: true, force: true });
    expect(await readAll(root, { dot: true })).to.deep.equal(["a.md"]);
    expect(await openedElsewhere(at(".tidemark"))).to.equal("STORE_LOCKED");
  });

  it("is walked as an ordinary folder in a copy", async () => {
    await using subject = await createSubject();
    // Copied by another process: this one would lose the lock.
    execFileSync("cp", ["-r", subject.at(".tidemark"), subject.at("backup")]);
    expect(await readAll(subject.root, {})).to.include.members(["a.md", "backup/data.mdb"]);
    expect(await openedElsewhere(subject.at(".tidemark"))).to.equal("STORE_LOCKED");
  });

  it("cannot be the folder that is walked, nor hold it", async () => {
    await using subject = await createSubject();
    mkdirSync(subject.at(".tidemark/docs"));
    symlinkSync(".tidemark", subject.at("linked"));
    for (const path of [".tidemark", ".tidemark/docs", "linked/docs"]) {
      const error = await failureOf(pathsOf(subject.at(path), { dot: true }));
      expect(error.code).to.equal("FILE_READ_FAILED");
      expect(error.message).to.equal(
        `Cannot walk ${subject.at(path)}: ${subject.at(".tidemark")} is the folder of an open store, which nothing else may use; choose another folder, or move the store`,
      );
    }
  });

  it("keeps its lock when its files were listed before it was opened", async () => {
    await using temp = await createTempFolder();
    const folder = join(temp.path, "state");
    await (await LmdbStore.open(folder)).close();
    const lock = await findFile(temp.path, "state/.owner.lock");
    const data = await findFile(temp.path, "state/data.mdb");
    const streamed = data.stream().getReader();
    await streamed.read();
    await using _ = await LmdbStore.open(folder);
    for (const use of [() => lock.text(), () => data.bytes(), () => collect(lock.stream())]) {
      const error = await failureOf(use());
      expect(error.code).to.equal("FILE_READ_FAILED");
      expect(error.message).to.include("it is a file of an open store, which nothing else may open");
    }
    await streamed.cancel();
    expect(await openedElsewhere(folder)).to.equal("STORE_LOCKED");
  });

  it("keeps its lock when a reader has opened it before, and closes it after", async () => {
    await using temp = await createTempFolder();
    const folder = join(temp.path, "state");
    await (await LmdbStore.open(folder)).close();
    const reader = await ContentReader.open(join(folder, ".owner.lock"));
    await using _ = await LmdbStore.open(folder);
    reader[Symbol.dispose]();
    expect(await openedElsewhere(folder)).to.equal("STORE_LOCKED");
  });
});

describe("a live watch around the folder of a store", function () {
  this.timeout(60_000);

  it("tells nothing of an open store", async () => {
    await using subject = await createFollowed({ "a.md": "1" });
    await using store = await LmdbStore.open(subject.at("state"));
    await store.write([{ key: Buffer.from("a"), value: Buffer.from("1") }]);
    writeFileSync(subject.at("b.md"), "2");
    await subject.followed.caughtUp();
    expect([...subject.followed.files.keys()].toSorted()).to.deep.equal(["a.md", "b.md"]);
    expect(subject.followed.changed).to.deep.equal(["b.md"]);
    expect(await openedElsewhere(subject.at("state"))).to.equal("STORE_LOCKED");
  });

  for (const followSymlinks of [false, true]) {
    const how = followSymlinks ? "through a link" : "in its place";
    it(`tells that the files of a store ${how} are gone when it is opened`, async () => {
      await using temp = await createTempFolder();
      await (await LmdbStore.open(join(temp.path, "state"))).close();
      await using subject = await createFollowed({ "a.md": "1" }, { followSymlinks });
      const inside = subject.at("deep/state");
      mkdirSync(subject.at("deep"));
      if (followSymlinks) symlinkSync(join(temp.path, "state"), inside);
      else cpSync(join(temp.path, "state"), inside, { recursive: true });
      await subject.followed.caughtUp();
      expect([...subject.followed.files.keys()]).to.include("deep/state/data.mdb");
      await using _ = await LmdbStore.open(inside);
      await until(() => subject.followed.files.size === 1, {
        next: () => subject.followed.next(),
        explain: () => subject.followed.files,
      });
      expect([...subject.followed.files.keys()]).to.deep.equal(["a.md"]);
      expect(await openedElsewhere(inside)).to.equal("STORE_LOCKED");
    });
  }
});
