import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { databaseAt, databaseOf } from "../../../lib/connectors/sqlite/database.ts";
import { DatabaseFile } from "../../../lib/connectors/sqlite/database-file.ts";
import { createTempFolder } from "../../temp-folder.ts";

describe("databaseOf", () => {
  it("gives one location to a file, however it is named or opened", async () => {
    await using folder = await createTempFolder();
    mkdirSync(join(folder.path, "real"));
    symlinkSync(join(folder.path, "real"), join(folder.path, "link"));
    const byPath = databaseOf(join(folder.path, "link", ".", "x.db"));
    using db = new DatabaseSync(join(folder.path, "real", "x.db"));
    expect(byPath.location).to.equal(join(folder.path, "real", "x.db"));
    expect(databaseOf(db).location).to.equal(byPath.location);
    expect(databaseOf(join(folder.path, "link", "x.db"))).to.equal(byPath);
    expect(databaseOf(db)).to.equal(databaseOf(db));
  });

  it("refuses what is neither a connection nor the path of a file", () => {
    expect(() => databaseOf(5 as never)).to.throw(TypeError, /`db` must be a DatabaseSync or a path, got 5$/);
    for (const path of ["", ":memory:", "file:x.db"]) {
      expect(() => databaseOf(path)).to.throw(RangeError, /open a Data/);
    }
  });

  it("refuses a connection that was closed, at once and later", () => {
    const closed = new DatabaseSync(":memory:");
    closed.close();
    expect(() => databaseOf(closed))
      .to.throw("connection was closed")
      .with.property("code", "DATABASE_UNAVAILABLE");
    const db = new DatabaseSync(":memory:");
    const database = databaseOf(db);
    db.close();
    expect(() => database.connection())
      .to.throw("was closed")
      .with.property("code", "DATABASE_UNAVAILABLE");
  });
});

describe("databaseAt", () => {
  it("prefers a connection of the user that is open", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "x.db");
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE t (x)");
    expect(databaseAt(databaseOf(db).location)?.connection()).to.equal(db);
    db.close();
    const own = databaseAt(file);
    expect(own).to.be.instanceOf(DatabaseFile);
    if (own instanceof DatabaseFile) own[Symbol.dispose]();
  });

  it("gives nothing for a database that is gone", async () => {
    await using folder = await createTempFolder();
    expect(databaseAt(join(folder.path, "x.db"))).to.equal(undefined);
    expect(databaseAt("memory:of-another-process")).to.equal(undefined);
    expect(existsSync(join(folder.path, "x.db"))).to.equal(false);
  });
});

describe("DatabaseFile", () => {
  it("creates the folders, writes ahead, and leaves one file when it is closed", async () => {
    await using folder = await createTempFolder();
    const file = new DatabaseFile(join(folder.path, "a", "b", "x.db"));
    file.connection().exec("CREATE TABLE t (x)");
    expect(file.connection().prepare("PRAGMA journal_mode").get()).to.deep.include({ journal_mode: "wal" });
    expect(readdirSync(join(folder.path, "a", "b"))).to.include("x.db-wal");
    file[Symbol.dispose]();
    file[Symbol.dispose]();
    expect(readdirSync(join(folder.path, "a", "b"))).to.deep.equal(["x.db"]);
  });

  it("names a file in the place of its folder", async () => {
    await using folder = await createTempFolder();
    writeFileSync(join(folder.path, "a"), "");
    using file = new DatabaseFile(join(folder.path, "a", "x.db"));
    expect(() => file.connection())
      .to.throw(/^Cannot create the folder of database ".*x.db": Error: E/)
      .with.property("code", "DATABASE_UNAVAILABLE");
  });

  it("closes by itself after a while without use, and opens again", async () => {
    await using folder = await createTempFolder();
    let close: () => void = () => undefined;
    let uses = 0;
    using file = new DatabaseFile(join(folder.path, "x.db"), (whenIdle) => {
      close = whenIdle;
      return () => (uses += 1);
    });
    const first = file.connection();
    expect(file.connection()).to.equal(first);
    expect(uses).to.equal(2);
    close();
    expect(first.isOpen).to.equal(false);
    expect(file.connection().isOpen).to.equal(true);
  });

  it("does not keep the process alive, and is closed when the process exits", async () => {
    await using folder = await createTempFolder();
    const module = pathToFileURL(join(import.meta.dirname, "../../../lib/connectors/sqlite/database.ts")).href;
    const script = `import { databaseOf } from ${JSON.stringify(module)};
      databaseOf("x.db").connection().exec("CREATE TABLE t (x)");
      console.log(process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length);`;
    const options = { cwd: folder.path, stdio: "pipe", encoding: "utf8" } as const;
    expect(execFileSync(process.execPath, ["--input-type=module", "-e", script], options)).to.equal("0\n");
    expect(readdirSync(folder.path)).to.deep.equal(["x.db"]);
  });
});
