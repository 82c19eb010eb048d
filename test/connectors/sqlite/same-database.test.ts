import { expect } from "chai";
import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fn, mountEach } from "../../../lib/index.ts";
import { mountTableTarget, type TableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { bindMount, requireBindMounts } from "../../places/bind-mount.ts";
import { createProject, type ProjectFolder } from "../project-folder.ts";

interface Word {
  readonly id: number;
}

const IDS = Array.from({ length: 50 }, (_, index) => index);

/** Writes a row for each of `ids` into the table `words` of `db`, each in a component of the function `component`. */
function writeAll(db: DatabaseSync | string, component: string, ids: readonly number[] = IDS) {
  const write = fn({ memo: true, name: component }, (id: number, words: TableTarget<Word>) => words.declareRow({ id }));
  return async (): Promise<void> => {
    const words = await mountTableTarget(db, { table: "words", columns: { id: "integer" }, primaryKey: "id" });
    await mountEach(
      write,
      ids.map((id) => [id, id] as const),
      words,
    );
  };
}

function numRows(file: string): number {
  using db = new DatabaseSync(file, { readOnly: true });
  return Number(db.prepare("SELECT count(*) AS n FROM words").get()!["n"]);
}

/** Runs with each of `names`, the component function renamed in each run; then the database must have all rows, and nothing is left to do. */
async function checkNames(project: ProjectFolder, file: string, names: readonly (DatabaseSync | string)[]) {
  await project.run(writeAll(file, "first"));
  for (const [index, name] of names.entries()) {
    await project.run(writeAll(name, `next${index}`));
    expect(numRows(file), `name ${index}`).to.equal(IDS.length);
  }
  const last = `next${names.length - 1}`;
  expect((await project.run(writeAll(file, last)))[last]).to.deep.equal({ starts: 50, unchanged: 50 });
}

describe("one database by several names", () => {
  it("keeps its rows when it is named by a link, a hard link or a connection", async () => {
    await using project = await createProject();
    const at = (name: string): string => join(project.outer, name);
    const file = join(project.path, "words.db");
    await project.run(writeAll(file, "first"));
    symlinkSync(file, at("link.db"));
    linkSync(file, at("hard.db"));
    symlinkSync(project.path, at("folder"));
    using connection = new DatabaseSync(at("folder/words.db"));
    await checkNames(project, file, [at("link.db"), at("hard.db"), connection, at("folder/words.db")]);
    // Two logs beside one file would damage it.
    expect(readdirSync(project.outer).filter((name) => /-(wal|shm)$/.test(name))).to.deep.equal([]);
  });

  it("keeps its rows when it is named by a bind mount", async function () {
    await using project = await createProject();
    requireBindMounts(this, project.outer);
    const folder = join(project.outer, "data");
    mkdirSync(folder);
    using _mount = bindMount(folder, join(project.outer, "b"));
    await checkNames(project, join(folder, "words.db"), [join(project.outer, "b/words.db")]);
  });

  it("is one database also when a link leads to a file that did not exist", async () => {
    await using project = await createProject();
    symlinkSync(join(project.path, "later.db"), join(project.outer, "link.db"));
    await project.run(writeAll(join(project.outer, "link.db"), "write"));
    expect((await project.run(writeAll(join(project.path, "later.db"), "write")))["write"]).to.deep.equal({
      starts: 50,
      unchanged: 50,
    });
  });
});

describe("the database of a project that is moved", () => {
  it("is written no second time, and its vanished rows are deleted at the new place", async () => {
    await using project = await createProject();
    await project.run(writeAll(join(project.path, "words.db"), "write"));
    project.move("moved");
    const file = join(project.path, "words.db");
    expect((await project.run(writeAll(file, "write", [1, 2])))["write"]).to.deep.equal({
      starts: 50,
      unchanged: 2,
      deletes: 48,
    });
    expect(numRows(file)).to.equal(2);
    expect(existsSync(join(project.outer, "p"))).to.equal(false);
  });

  it("loses the table that is no longer mounted, at the new place", async () => {
    await using project = await createProject();
    await project.run(writeAll(join(project.path, "words.db"), "write"));
    project.move("moved");
    await project.run(() => undefined);
    using db = new DatabaseSync(join(project.path, "words.db"), { readOnly: true });
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'words'").all()).to.deep.equal([]);
  });
});
