import { expect } from "chai";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { App } from "../../../lib/app/app.ts";
import { Environment } from "../../../lib/app/environment.ts";
import type { TableOptions } from "../../../lib/connectors/sqlite/table-options.ts";
import { mountTableTarget, type TableTarget } from "../../../lib/connectors/sqlite/table-target.ts";
import { fn } from "../../../lib/engine/function.ts";
import { mountEach } from "../../../lib/engine/mount.ts";
import { TidemarkError } from "../../../lib/errors.ts";
import { createTempFolder } from "../../temp-folder.ts";

interface Item {
  readonly id: string;
  readonly [column: string]: string | number;
}

type Options = Omit<TableOptions, "primaryKey">;

const docs: Options = { table: "docs", columns: { id: "text", size: "integer" } };
const items: readonly Item[] = [
  { id: "a", size: 1 },
  { id: "b", size: 2 },
];

const index = fn({ memo: true }, function index(item: Item, table: TableTarget<object>) {
  table.declareRow(item);
});

const main = fn(async function main(
  db: () => DatabaseSync | string,
  tables: readonly Options[],
  rows: readonly Item[],
) {
  for (const options of tables) {
    const table = await mountTableTarget(db(), { ...options, primaryKey: "id" });
    const entries = rows.map((row): [string, Item] => [`${options.table} ${row.id}`, row]);
    await mountEach(index, entries, table);
  }
});

describe("mountTableTarget", () => {
  it("writes declared rows, leaves unchanged ones, and deletes rows that are no longer declared", async () => {
    await using folder = await createTempFolder();
    const run = createRun(folder.path);
    expect(await run([docs], items)).to.include({ numAdds: 2, numUnchanged: 0 });
    expect(await run([docs], items)).to.include({ numAdds: 0, numUnchanged: 2 });
    expect(await run([docs], [{ id: "b", size: 3 }])).to.include({ numReprocesses: 1, numDeletes: 1 });
    expect(read(folder.path)).to.deep.equal([{ id: "b", size: 3 }]);
  });

  it("writes every row again in a table that was altered, made anew, or has vanished", async () => {
    await using folder = await createTempFolder();
    const run = createRun(folder.path);
    await run([docs], items);
    const withNote: Options = { table: "docs", columns: { ...docs.columns, note: { type: "text", nullable: true } } };
    const noted = items.map((item) => ({ ...item, note: "n" }));
    expect(await run([withNote], noted)).to.include({ numReprocesses: 2 });
    expect(await run([{ ...withNote, fts5: {} }], noted)).to.include({ numReprocesses: 2 });
    expect(read(folder.path)).to.deep.equal(noted);
    execute(folder.path, "DROP TABLE docs");
    expect(await run([{ ...withNote, fts5: {} }], noted)).to.include({ numReprocesses: 2 });
    rmSync(join(folder.path, "x.db"));
    expect(await run([docs], items)).to.include({ numReprocesses: 2 });
    expect(read(folder.path)).to.deep.equal(items);
  });

  it("keeps two tables of one file apart, and drops the one that is no longer mounted", async () => {
    await using folder = await createTempFolder();
    const run = createRun(folder.path);
    await run([docs, { ...docs, table: "copy" }], items);
    expect(read(folder.path, "copy")).to.deep.equal(items);
    await run([docs], items);
    expect(read(folder.path)).to.deep.equal(items);
    expect(() => read(folder.path, "copy")).to.throw("no such table");
  });

  it("drops its tables with the app", async () => {
    await using folder = await createTempFolder();
    await createRun(folder.path)([docs], items);
    await using environment = new Environment({ dbPath: join(folder.path, "state") });
    await new App({ name: "tables", environment }, main, () => "unused", [], []).drop();
    expect(() => read(folder.path)).to.throw("no such table");
  });

  it("lets two apps write tables of one file at once", async () => {
    await using folder = await createTempFolder();
    const many = Array.from({ length: 200 }, (_, at): Item => ({ id: String(at).padStart(3, "0"), size: at }));
    const tables = ["one", "two"];
    await Promise.all(
      tables.map((table) => createRun(folder.path, { name: table, state: table })([{ ...docs, table }], many)),
    );
    for (const table of tables) expect(read(folder.path, table)).to.deep.equal(many);
  });

  it("writes a connection of the user, and a new in-memory database from the start", async () => {
    await using folder = await createTempFolder();
    for (const adds of [2, 0]) {
      using db = new DatabaseSync(":memory:");
      const run = createRun(folder.path, { open: () => db });
      expect(await run([docs], items)).to.include({ numAdds: adds, numReprocesses: 2 - adds });
      expect(await run([docs], items)).to.include({ numUnchanged: 2 });
      expect(db.prepare("SELECT id FROM docs").all()).to.have.lengthOf(2);
    }
  });

  it("fails the run for a table of somebody else and for a closed connection", async () => {
    await using folder = await createTempFolder();
    execute(folder.path, "CREATE TABLE docs (x)");
    const run = createRun(folder.path);
    expect(await failure(run([docs], items))).to.equal("SCHEMA_MISMATCH");
    expect(await failure(run([docs], items))).to.equal("SCHEMA_MISMATCH");
    const closed = new DatabaseSync(":memory:");
    closed.close();
    expect(await failure(createRun(folder.path, { open: () => closed })([docs], items))).to.equal(
      "DATABASE_UNAVAILABLE",
    );
    execute(folder.path, "INSERT INTO docs VALUES (1)");
  });
});

interface RunOptions {
  readonly name?: string;
  readonly state?: string;
  readonly open?: () => DatabaseSync | string;
}

/** A function that runs the app once, in an environment of its own, and gives the counts of `index`. */
function createRun(folder: string, { name = "tables", state = "state", open }: RunOptions = {}) {
  const db = open ?? (() => join(folder, "x.db"));
  return async (tables: readonly Options[], rows: readonly Item[]) => {
    await using environment = new Environment({ dbPath: join(folder, state) });
    const handle = new App({ name, environment }, main, db, tables, rows).update();
    await handle.result();
    return handle.stats()?.byComponent["index"];
  };
}

function read(folder: string, table = "docs"): readonly object[] {
  using db = new DatabaseSync(join(folder, "x.db"), { readOnly: true });
  const all = db.prepare(`SELECT * FROM ${table} ORDER BY id`).all();
  return all.map((row) => ({ ...row }));
}

function execute(folder: string, sql: string): void {
  using db = new DatabaseSync(join(folder, "x.db"));
  db.exec(sql);
}

async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TidemarkError) return error.code;
  throw new Error("expected a TidemarkError", { cause: error });
}
