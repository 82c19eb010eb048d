import { expect } from "chai";
import { linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountDirTarget } from "../../../lib/connectors/localfs/index.ts";
import { mountTableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { App, Environment } from "../../../lib/index.ts";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { reservedFolders } from "../../../lib/places/reserved-folders.ts";
import { openedElsewhere } from "../../state/lock-state.ts";
import { applyContext } from "../../apply-context.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { filesBelow } from "../project-folder.ts";
import { directoryHandler } from "../../../lib/connectors/localfs/directory-handler.ts";
import { RecordedFolder } from "./recorded-folder.ts";
import { failureOf } from "./test-tree.ts";

/** An environment whose store, in `out/state`, is open as long as it is. */
async function createSubject() {
  const temp = await createTempFolder();
  const at = (path: string): string => join(temp.path, path);
  const environment = new Environment({ dbPath: at("out/state"), onException: () => undefined });
  const run = (body: () => unknown, name = "app"): Promise<unknown> =>
    Promise.resolve(new App({ name, environment }, async () => void (await body())).update());
  await run(() => {});
  return {
    at,
    run,
    async [Symbol.asyncDispose]() {
      await environment.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** Declares one file in a folder. */
const declare = async (dir: string, path: string): Promise<void> =>
  (await mountDirTarget(dir)).declareFile(path, "content");

describe("a target and the folder of an open store", function () {
  this.timeout(60_000);

  it("fails for a target folder that is the store's, or in it, under every name", async () => {
    await using subject = await createSubject();
    const { at, run } = subject;
    symlinkSync("out/state", at("link"));
    const before = readdirSync(at("out/state"));
    for (const dir of ["out/state", "out/state/site", "link", "link/a/b"]) {
      const error = await failureOf(run(() => declare(at(dir), "a.html"), dir));
      expect(error.code, dir).to.equal("FILE_WRITE_FAILED");
      expect(error.message).to.equal(
        `Cannot mount folder ${at(dir)}: ${at("out/state")} is the folder of an open store, which nothing else may use; choose another folder, or move the store`,
      );
    }
    expect(readdirSync(at("out/state"))).to.deep.equal(before);
    expect(await openedElsewhere(at("out/state"))).to.equal("STORE_LOCKED");
  });

  it("fails for a declared file that is the folder, or in it, of a target folder around it, and writes the others", async () => {
    await using subject = await createSubject();
    const { at, run } = subject;
    symlinkSync("state", at("out/link"));
    const before = readdirSync(at("out/state"));
    for (const path of ["state", "state/a", "state/FORMAT", "state/deep/a", "link/b", "link/data.mdb"]) {
      const name = path.replaceAll("/", " ");
      const error = await failureOf(run(() => declare(at("out"), path), name));
      expect(error.code, path).to.equal("FILE_WRITE_FAILED");
      expect(error.message).to.include("is the folder of an open store, which nothing else may use");
      // The intent was recorded, and nothing was written.
      await run(() => {}, name);
    }
    await run(() => declare(at("out"), "a.html"), "other");
    expect(filesBelow(at("out"))).to.include("a.html");
    expect(readdirSync(at("out/state"))).to.deep.equal(before);
    await run(() => {}, "other");
    expect(filesBelow(at("out"))).to.not.include("a.html");
    expect(readdirSync(at("out/state"))).to.deep.equal(before);
  });

  it("fails for a database in the folder", async () => {
    await using subject = await createSubject();
    const { at, run } = subject;
    const options = { table: "t", columns: { id: "integer" }, primaryKey: "id" } as const;
    for (const name of [".owner.lock", "lock.mdb", "new.db"]) {
      const error = await failureOf(run(() => mountTableTarget(at(`out/state/${name}`), options), name));
      expect(error.code).to.equal("DATABASE_UNAVAILABLE");
      expect(error.message).to.include(`${at("out/state")} is the folder of an open store, which nothing else may use`);
    }
    linkSync(at("out/state/lock.mdb"), at("rows.db"));
    const error = await failureOf(run(() => mountTableTarget(at("rows.db"), options), "hard"));
    expect(error.message).to.include("it is a file of an open store, which nothing else may use");
    expect(await openedElsewhere(at("out/state"))).to.equal("STORE_LOCKED");
  });

  it("neither writes nor removes files in a folder that has become that of a store", async () => {
    await using temp = await createTempFolder();
    const at = (path: string): string => join(temp.path, path);
    const folder = new RecordedFolder(at("site"));
    await folder.apply({ "state/FORMAT": "1", "state/gone": "2", "other/a": "3" });
    rmSync(at("site/state"), { recursive: true });
    await using _ = await LmdbStore.open(at("site/state"));
    const before = readdirSync(at("site/state"));
    const act = "is the folder of an open store, which nothing else may use";
    for (const content of [undefined, "4"]) {
      const error = await failureOf(folder.apply({ "state/FORMAT": content }));
      expect(error.message).to.equal(
        `Cannot ${content === undefined ? "remove" : "write"} ${at("site/state/FORMAT")}: ${at("site/state")} ${act}; ${content === undefined ? "delete the file yourself" : "choose another folder, or move the store"}`,
      );
    }
    await folder.apply({ "state/gone": undefined, "other/a": undefined });
    expect(readdirSync(at("site/state"))).to.deep.equal(before);
    expect(readdirSync(at("site"))).to.deep.equal(["state"]);
  });

  it("makes no room in a folder that has become that of a store, and removes none that is empty", async () => {
    await using temp = await createTempFolder();
    const at = (path: string): string => join(temp.path, path);
    mkdirSync(at("site"));
    const folder = new RecordedFolder(at("site"));
    await using _ = await LmdbStore.open(at("site/a/state"));
    writeFileSync(at("site/a/own"), "");
    const leftOvers = ["a/own", ...readdirSync(at("site/a/state")).map((name) => `a/state/${name}`)];
    const before = filesBelow(at("site/a"));
    const error = await failureOf(folder.apply({ a: "1" }, { leftOvers }));
    expect(error.message).to.include(`${at("site/a/state")} is the folder of an open store`);
    expect(filesBelow(at("site/a"))).to.deep.equal(before);
  });

  it("does not remove the folder of a store that is being opened, and empty", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "state");
    mkdirSync(path);
    using _ = reservedFolders.reserve(path, [".owner.lock"]);
    const folder = new RecordedFolder(temp.path);
    folder.records.set("state/a", ["hash"]);
    await folder.apply({ "state/a": undefined });
    expect(await directoryHandler.apply([{ act: "remove", path, isOurs: true }], applyContext)).to.deep.equal(["kept"]);
    expect(readdirSync(temp.path)).to.deep.equal(["state"]);
    const making = { act: "make", path, isOnRecord: false, isFlushed: false, isLeftOver: () => false } as const;
    const made = await failureOf(
      (async () => directoryHandler.apply([{ ...making, whenReleased: undefined }], applyContext))(),
    );
    expect(made.code).to.equal("FILE_WRITE_FAILED");
  });
});
