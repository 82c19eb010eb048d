import { expect } from "chai";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { applyContext } from "../../apply-context.ts";
import { databaseOf, type Database } from "../../../lib/connectors/sqlite/database.ts";
import type { DatabaseFile } from "../../../lib/connectors/sqlite/database-file.ts";
import { tableHandler, tableKey } from "../../../lib/connectors/sqlite/table-handler.ts";
import type { TableOptions } from "../../../lib/connectors/sqlite/table-options.ts";
import { tableSchema, type TableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";
import { TidemarkError } from "../../../lib/errors.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { RecordedTable } from "./recorded-table.ts";

const docs = tableSchema({ table: "docs", columns: { path: "text", size: "integer" }, primaryKey: "path" });
const gone = { desired: undefined, mayBeMissing: false, root: "/" };
const unmounted = { desired: undefined, tracking: docs, root: "/", isLeftOver: () => false };
const docsWithTitle = tableSchema({
  table: "docs",
  columns: { title: { type: "text", nullable: true }, path: "text", size: "integer" },
  primaryKey: "path",
});

describe("tableHandler", () => {
  it("creates a STRICT table and keeps it in the next run", async () => {
    using db = new DatabaseSync(":memory:");
    const table = new RecordedTable(databaseOf(db));
    await table.run(docs, [{ path: "a", size: 1 }]);
    await table.run(docs, [{ path: "a", size: 1 }]);
    expect(table.states).to.deep.equal(["recreated", "kept"]);
    expect(table.writtenRows).to.equal(1);
    expect(db.prepare("SELECT strict FROM pragma_table_list('docs')").get()).to.deep.include({ strict: 1 });
  });

  it("adds and drops nullable columns in place, and keeps what others added to the table", async () => {
    using db = new DatabaseSync(":memory:");
    const table = new RecordedTable(databaseOf(db));
    await table.run(docs, [{ path: "a", size: 1 }]);
    db.exec("CREATE INDEX by_size ON docs (size)");
    await table.run(docsWithTitle, [{ path: "a", size: 1, title: "A" }]);
    await table.run(docs, [{ path: "a", size: 1 }]);
    expect(table.states).to.deep.equal(["recreated", "altered", "altered"]);
    expect(indexes(db)).to.deep.equal(["by_size"]);
    expect(rows(db)).to.deep.equal([{ path: "a", size: 1 }]);
  });

  it("recreates the table for any other change", async () => {
    const first = { table: "docs", columns: { a: "text", b: "integer" }, primaryKey: "a" } as const;
    const changes: TableOptions[] = [
      { ...first, columns: { a: "text", b: "real" } },
      { ...first, columns: { a: "text", b: { type: "integer", nullable: true } } },
      { ...first, columns: { a: "text", b: "integer", c: "text" } },
      { ...first, primaryKey: ["a", "b"] },
      { ...first, fts5: {} },
    ];
    for (const change of changes) {
      using db = new DatabaseSync(":memory:");
      const table = new RecordedTable(databaseOf(db));
      await table.run(tableSchema(first), [{ a: "x", b: 1 }]);
      await table.run(tableSchema(change), []);
      expect(table.states).to.deep.equal(["recreated", "recreated"]);
      expect(rows(db)).to.deep.equal([]);
    }
  });

  it("recreates a full-text table when its tokenizer or its key changes", async () => {
    const first = { table: "docs", columns: { a: "text", b: "text" }, primaryKey: "a", fts5: {} } as const;
    const changes: readonly Partial<TableOptions<typeof first.columns>>[] = [
      { fts5: { tokenize: "porter" } },
      { primaryKey: "b" },
      { fts5: { unindexed: ["a"] } },
    ];
    for (const change of changes) {
      using db = new DatabaseSync(":memory:");
      const table = new RecordedTable(databaseOf(db));
      await table.run(tableSchema(first), [{ a: "x", b: "y" }]);
      await table.run(tableSchema({ ...first, ...change }), []);
      expect(table.states).to.deep.equal(["recreated", "recreated"]);
    }
  });

  it("does not trust its rows after an interruption between creation and commit", async () => {
    using db = new DatabaseSync(":memory:");
    const table = new RecordedTable(databaseOf(db));
    await table.run(docs, [{ path: "a", size: 1 }]);
    db.exec("DROP TABLE docs");
    await table.run(docs, [{ path: "a", size: 1 }], 2);
    expect(rows(db)).to.deep.equal([]);
    await table.run(docs, [{ path: "a", size: 1 }]);
    expect(table.states).to.deep.equal(["recreated", "recreated", "altered"]);
    expect(rows(db)).to.deep.equal([{ path: "a", size: 1 }]);
  });

  it("writes every row again when the table, or the file, has vanished", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "new", "docs.db");
    const database = databaseOf(file);
    const table = new RecordedTable(database);
    await table.run(docs, [{ path: "a", size: 1 }]);
    rmSync(join(folder.path, "new"), { recursive: true });
    await table.run(docs, [{ path: "a", size: 1 }]);
    expect(table.states).to.deep.equal(["recreated", "recreated"]);
    expect(rows(database.connection())).to.deep.equal([{ path: "a", size: 1 }]);
    close(database);
  });

  it("uses a table of somebody else that is exactly as declared, and never drops it", async () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE Docs (size INTEGER NOT NULL, path TEXT NOT NULL PRIMARY KEY) STRICT");
    db.exec("INSERT INTO docs (path, size) VALUES ('theirs', 1)");
    const table = new RecordedTable(databaseOf(db));
    await table.run(docs, [{ path: "ours", size: 2 }]);
    await table.run(docs, [{ path: "ours", size: 2 }]);
    expect(table.states).to.deep.equal(["altered", "kept"]);
    await rejection(table.run(docsWithTitle, []));
    await table.run(undefined, []);
    expect(rows(db)).to.deep.include({ path: "theirs", size: 1 });
  });

  it("refuses another table of that name, says what differs, and leaves it also when tried again or removed", async () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TABLE docs (path TEXT, body TEXT)");
    const table = new RecordedTable(databaseOf(db));
    const error = await rejection(table.run(docs, []));
    expect(error.code).to.equal("SCHEMA_MISMATCH");
    expect(error.facts["differences"]).to.deep.equal([
      'column "path" is TEXT and not TEXT NOT NULL',
      'column "size" is missing',
      'column "body" is not declared',
      "its primary key is () and not (path)",
      "it is not STRICT",
    ]);
    expect(error.message).to.contain('Cannot mount table "docs"').and.to.contain("drop it");
    expect((await rejection(table.run(docs, []))).code).to.equal("SCHEMA_MISMATCH");
    await table.run(undefined, []);
    expect(db.prepare("SELECT * FROM docs").columns()).to.have.lengthOf(2);
  });

  it("refuses a view, a generated column, and a full-text table of somebody else", async () => {
    const statements = [
      "CREATE VIEW docs AS SELECT 'a' AS path, 1 AS size",
      "CREATE TABLE docs (path TEXT NOT NULL PRIMARY KEY, size INTEGER NOT NULL AS (1)) STRICT",
      "CREATE VIRTUAL TABLE docs USING fts5(path, size)",
    ];
    for (const statement of statements) {
      using db = new DatabaseSync(":memory:");
      db.exec(statement);
      for (const fts5 of [undefined, { tokenize: "unicode61", unindexed: ["size"] }]) {
        const schema = { ...docs, fts5: fts5 ?? null };
        expect((await rejection(new RecordedTable(databaseOf(db)).run(schema, []))).code).to.equal("SCHEMA_MISMATCH");
      }
    }
  });

  it("leaves a table that another app made, for all that Tidemark made it", async () => {
    using db = new DatabaseSync(":memory:");
    await new RecordedTable(databaseOf(db)).run(docsWithTitle, [{ path: "a", size: 1, title: null }]);
    const other = new RecordedTable(databaseOf(db));
    expect((await rejection(other.run(docs, []))).code).to.equal("SCHEMA_MISMATCH");
    await other.run(undefined, []);
    expect(rows(db)).to.have.lengthOf(1);
  });

  it("drops the table that is no longer mounted, with what belongs to it", async () => {
    using db = new DatabaseSync(":memory:");
    const schema = tableSchema({ table: "docs", columns: { a: "text" }, primaryKey: "a", fts5: {} });
    const table = new RecordedTable(databaseOf(db));
    await table.run(schema, [{ a: "x" }]);
    await table.run(undefined, []);
    expect(db.prepare("SELECT name FROM sqlite_schema").all()).to.deep.equal([]);
  });

  it("makes a full-text table whose keys were left over by somebody who dropped it", async () => {
    using db = new DatabaseSync(":memory:");
    const schema = tableSchema({ table: "docs", columns: { a: "text" }, primaryKey: "a", fts5: {} });
    const table = new RecordedTable(databaseOf(db));
    await table.run(schema, [{ a: "x" }]);
    db.exec("DROP TABLE docs");
    await table.run(schema, [{ a: "x" }]);
    expect(table.states).to.deep.equal(["recreated", "recreated"]);
    expect(rows(db)).to.deep.equal([{ a: "x" }]);
  });

  it("makes, changes and drops indexes without writing rows again", async () => {
    using db = new DatabaseSync(":memory:");
    const table = new RecordedTable(databaseOf(db));
    await table.run({ ...docs, indexes: [["size"]] }, [{ path: "a", size: 1 }]);
    expect(indexes(db)).to.deep.equal(["docs_by_size"]);
    await table.run({ ...docs, indexes: [["size", "path"]] }, [{ path: "a", size: 1 }]);
    expect(indexes(db)).to.deep.equal(["docs_by_size_path"]);
    await table.run(docs, [{ path: "a", size: 1 }]);
    expect(indexes(db)).to.deep.equal([]);
    expect(table.states).to.deep.equal(["recreated", "kept", "kept"]);
    expect(table.writtenRows).to.equal(1);
  });

  it("takes hostile names as they are", async () => {
    const names = ['a "quoted" name', "it's", "select", "__proto__", "ünï [côdé] 表", "a;b--c", "rowid", "k=v"];
    for (const fts5 of [undefined, { tokenize: "unicode61 tokenchars '-_'" }]) {
      for (const name of names) {
        using db = new DatabaseSync(":memory:");
        if (fts5 !== undefined && name === "rowid") continue;
        const columns = Object.fromEntries([
          [name, "text"],
          ["other", "text"],
        ] as const);
        const row = Object.fromEntries([
          [name, "x"],
          ["other", "y"],
        ]);
        const options = { table: `table ${name}`, columns, primaryKey: name };
        const table = new RecordedTable(databaseOf(db));
        const schema = tableSchema(
          fts5 === undefined ? { ...options, indexes: [{ columns: [name] }] } : { ...options, fts5 },
        );
        await table.run(schema, [row]);
        await table.run(schema, [row]);
        expect(table.states).to.deep.equal(["recreated", "kept"]);
        expect(rows(db, schema)).to.deep.equal([row]);
        await table.run(schema, []);
        expect(rows(db, schema)).to.deep.equal([]);
        await table.run(undefined, []);
        expect(db.prepare("SELECT name FROM sqlite_schema").all()).to.deep.equal([]);
      }
    }
  });

  it("writes the main table when the connection has a temporary one of that name", async () => {
    using db = new DatabaseSync(":memory:");
    db.exec("CREATE TEMP TABLE docs (x)");
    const table = new RecordedTable(databaseOf(db));
    await table.run(docs, [{ path: "a", size: 1 }]);
    expect(db.prepare("SELECT * FROM main.docs").all()).to.have.lengthOf(1);
    await table.run(undefined, []);
    expect(db.prepare("SELECT * FROM temp.docs").all()).to.deep.equal([]);
  });

  it("has nothing to do for a file that is gone, and does not create it", async () => {
    await using folder = await createTempFolder();
    const key = [join(folder.path, "gone.db"), "docs"] as const;
    const decision = tableHandler.reconcile({ ...gone, key, previous: [docs] });
    expect(decision?.tracking).to.equal(undefined);
    expect(await tableHandler.apply([decision!.action], applyContext)).to.deep.equal(["kept"]);
    expect(tableHandler.child({ key, ...unmounted })).to.equal(undefined);
    expect(existsSync(key[0])).to.equal(false);
  });

  it("deletes rows of a table that is not mounted, by its key alone", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "docs.db");
    {
      using db = new DatabaseSync(file);
      await new RecordedTable(databaseOf(db)).run(docs, [
        { path: "a", size: 1 },
        { path: "b", size: 2 },
      ]);
    }
    const handler = tableHandler.child({ key: [file, "docs"], ...unmounted });
    if (handler === undefined || "child" in handler) throw new Error("expected a handler of rows");
    const decision = handler.reconcile({ ...gone, key: "a", previous: ["any"] });
    await handler.apply([decision!.action], applyContext);
    const database = databaseOf(file);
    expect(rows(database.connection())).to.deep.equal([{ path: "b", size: 2 }]);
    database.connection().exec("DROP TABLE docs");
    await handler.apply([decision!.action], applyContext);
    close(database);
  });

  it("names an in-memory database so that no other process takes it for its own", () => {
    using one = new DatabaseSync(":memory:");
    using other = new DatabaseSync(":memory:");
    const [first] = tableKey({ database: databaseOf(one), schema: docs });
    expect(first).to.match(/^memory:/);
    expect(tableKey({ database: databaseOf(one), schema: { ...docs, table: "DOCS" } })).to.deep.equal([first, "docs"]);
    expect(tableKey({ database: databaseOf(other), schema: docs })[0]).to.not.equal(first);
  });
});

function rows(db: DatabaseSync, schema: TableSchema = docs): readonly object[] {
  const all = db.prepare(`SELECT * FROM "${schema.table.replaceAll('"', '""')}"`).all();
  return all.map((row) => Object.fromEntries(Object.entries(row)));
}

function indexes(db: DatabaseSync): readonly unknown[] {
  const found = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").all();
  return found.map(({ name }) => name);
}

function close(database: Database): void {
  (database as DatabaseFile)[Symbol.dispose]();
}

async function rejection(promise: Promise<unknown>): Promise<TidemarkError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TidemarkError) return error;
  throw new Error("expected a TidemarkError", { cause: error });
}
