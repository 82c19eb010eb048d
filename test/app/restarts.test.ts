import { expect } from "chai";
import { mkdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { mountTableTarget } from "../../lib/connectors/sqlite/index.ts";
import { App, fn, mountEach } from "../../lib/index.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { createSite, onMachine } from "./restarted-site.ts";

const FILES = { a: "one", b: "two", c: "three" };

describe("The first update after the machine was restarted", () => {
  it("writes again what is missing, empty or cut short, and says so once", async () => {
    await using site = await createSite();
    site.write({ ...FILES, d: "four" });
    await site.update();
    site.restart();
    rmSync(site.path("out/a"));
    truncateSync(site.path("out/b"));
    truncateSync(site.path("out/c"), 2);
    expect(await site.update()).to.include({ numReprocesses: 3, numUnchanged: 1 });
    expect(site.read()).to.deep.equal({ ...FILES, d: "four" });
    expect(site.notices.map(({ code }) => code)).to.deep.equal(["WRITES_LOST"]);
    expect(site.notices[0]?.message)
      .to.include("3 target states")
      .and.to.include(["a", "b", "c"].map((name) => site.path(`out/${name}`)).join(", "));
    expect(await site.update()).to.include({ numReprocesses: 0, numUnchanged: 4 });
    expect(site.notices).to.have.lengthOf(1);
  });

  it("writes again a file of the right size that is an earlier version, or holds zeros", async () => {
    await using site = await createSite();
    site.write({ a: "old", b: "old" });
    await site.update();
    const { atime, mtime } = statSync(site.path("out/a"));
    site.write({ a: "new", b: "new" });
    await site.update();
    site.restart();
    writeFileSync(site.path("out/a"), "old");
    utimesSync(site.path("out/a"), atime, mtime);
    truncateSync(site.path("out/b"));
    truncateSync(site.path("out/b"), 3);
    expect(await site.update()).to.include({ numReprocesses: 2 });
    expect(site.read()).to.deep.equal({ a: "new", b: "new" });
  });

  it("leaves alone what is as it was written, and what was edited without another size", async () => {
    await using site = await createSite();
    site.write(FILES);
    await site.update();
    site.restart();
    writeFileSync(site.path("out/a"), "1st");
    expect(await site.update()).to.include({ numReprocesses: 0, numUnchanged: 3 });
    expect(site.read()).to.deep.equal({ ...FILES, a: "1st" });
    expect(site.notices).to.deep.equal([]);
  });

  it("makes a folder again that is gone", async () => {
    await using site = await createSite();
    site.write(FILES);
    await site.update();
    site.restart();
    rmSync(site.path("out"), { recursive: true });
    await site.update();
    expect(site.read()).to.deep.equal(FILES);
  });

  it("removes what is damaged and not declared any more", async () => {
    await using site = await createSite();
    site.write(FILES);
    await site.update();
    site.restart();
    truncateSync(site.path("out/a"));
    writeFileSync(site.path("out/b"), "something else");
    for (const name of ["a", "b"]) rmSync(site.path(`in/${name}`));
    await site.update();
    expect(site.read()).to.deep.equal({ c: "three" });
  });

  it("looks at each file once: what came back after a restart is on disk", async () => {
    await using site = await createSite();
    site.write(FILES);
    await site.update();
    site.restart();
    await site.update();
    rmSync(site.path("out/a"));
    site.restart();
    expect(await site.update()).to.include({ numReprocesses: 0, numUnchanged: 3 });
  });

  it("looks at the files of the last boot, and not at older ones", async () => {
    await using site = await createSite();
    site.write(FILES);
    await site.update();
    site.restart();
    site.write({ a: "four" });
    await site.update();
    site.restart();
    for (const name of ["a", "b"]) rmSync(site.path(`out/${name}`));
    expect(await site.update()).to.include({ numReprocesses: 1 });
    expect(site.read()).to.deep.equal({ a: "four", c: "three" });
  });

  it("is also the one after several restarts without an update", async () => {
    await using site = await createSite();
    site.write(FILES);
    await site.update();
    site.restart();
    site.restart();
    rmSync(site.path("out/a"));
    await site.update();
    expect(site.read()).to.deep.equal(FILES);
  });

  it('finds nothing to look at with `durability: "flush"`', async () => {
    await using site = await createSite({ durability: "flush" });
    site.write(FILES);
    await site.update();
    site.restart();
    rmSync(site.path("out/a"));
    expect(await site.update()).to.include({ numReprocesses: 0, numUnchanged: 3 });
  });
});

describe("An update in the same boot", () => {
  it("looks at no file", async () => {
    await using site = await createSite();
    site.write(FILES);
    await site.update();
    rmSync(site.path("out/a"));
    expect(await site.update()).to.include({ numReprocesses: 0, numUnchanged: 3 });
    expect(site.notices).to.deep.equal([]);
  });
});

describe("After a restart, the rows of a table", () => {
  const row = fn({ memo: true }, function row(id: number, table: Awaited<ReturnType<typeof mountTableTarget>>): void {
    table.declareRow({ id, name: `row ${id}` });
  });
  const columns = { id: "integer", name: "text" } as const;

  for (const [synchronous, isRestored] of [
    ["OFF", true],
    ["FULL", false],
  ] as const) {
    it(`${isRestored ? "are" : "are not"} verified with \`PRAGMA synchronous = ${synchronous}\``, async () => {
      await using temp = await createTempFolder();
      await using own = await createTestEnvironment();
      using db = new DatabaseSync(`${temp.path}/docs.db`);
      db.exec(`PRAGMA synchronous = ${synchronous}`);
      const main = fn(async function main() {
        const table = await mountTableTarget(db, { table: "docs", columns, primaryKey: "id" });
        await mountEach(
          row,
          [1, 2].map((id) => [id, id] as const),
          table,
        );
      });
      const machine = onMachine(own);
      const app = new App({ name: "rows", environment: own.environment }, main);
      await app.update();
      db.exec("DELETE FROM docs WHERE id = 1; UPDATE docs SET name = 'an earlier version' WHERE id = 2");
      machine.restart();
      await app.update();
      const names = db
        .prepare("SELECT name FROM docs ORDER BY id")
        .all()
        .map(({ name }) => name);
      expect(names).to.deep.equal(isRestored ? ["row 1", "row 2"] : ["an earlier version"]);
    });
  }
});

describe("mountDirTarget", () => {
  it("refuses a durability that there is not", async () => {
    await using site = await createSite({ durability: "fsync" as never });
    mkdirSync(site.path("out"));
    const reason: unknown = await site.update().catch((error: unknown) => error);
    expect(reason).to.be.instanceOf(TypeError);
    expect((reason as Error).message).to.equal(
      'Cannot mount a folder: `durability` must be "verify" or "flush", got "fsync"',
    );
  });
});
