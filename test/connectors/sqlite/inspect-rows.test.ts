import { expect } from "chai";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { databaseOf } from "../../../lib/connectors/sqlite/database.ts";
import type { DatabaseFile } from "../../../lib/connectors/sqlite/database-file.ts";
import { rowHandler } from "../../../lib/connectors/sqlite/row-handler.ts";
import { keyOfRow, rowFingerprinter, storedRow } from "../../../lib/connectors/sqlite/row.ts";
import { tableHandler } from "../../../lib/connectors/sqlite/table-handler.ts";
import { tableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { RecordedTable } from "./recorded-table.ts";

const signal = new AbortController().signal;

const ALL_TYPES = tableSchema({
  table: "t",
  columns: {
    id: "integer",
    text: "text",
    real: "real",
    blob: "blob",
    flag: "boolean",
    none: { type: "text", nullable: true },
  },
  primaryKey: ["id", "text"],
});

const FULL_TEXT = tableSchema({
  table: "docs",
  columns: { path: "text", part: "integer", body: "text", weight: { type: "real", nullable: true } },
  primaryKey: ["path", "part"],
  fts5: { unindexed: ["path"] },
});

type Schema = typeof ALL_TYPES;

/** The results for rows that were written, in the given state of the database. */
async function inspect(db: DatabaseSync | string, schema: Schema, rows: readonly object[], depth?: "size") {
  const stored = rows.map((row) => storedRow(schema, row));
  const fingerprint = rowFingerprinter(schema);
  const states = stored.map((row) => ({ key: keyOfRow(schema, row), recorded: ["x", fingerprint(row)], root: "/" }));
  return rowHandler(databaseOf(db), schema).inspect?.(states, { depth: depth ?? "content", signal });
}

function inspectTable(db: DatabaseSync | string, schema: Schema) {
  const key = [databaseOf(db).location, schema.table] as const;
  return tableHandler.inspect?.([{ key, recorded: [schema], root: "/" }], { depth: "content", signal });
}

describe("inspectRows", () => {
  const row = (id: number | bigint, more: object = {}): object => {
    return { id, text: "a\0€", real: -0, blob: new Uint8Array([0, 255]), flag: true, none: null, ...more };
  };

  it("finds rows of every type unchanged, those that were edited, and those that are missing", async () => {
    using db = new DatabaseSync(":memory:");
    const rows = [row(1), row(2n ** 62n, { real: 1e300, none: "x" }), row(3, { real: 7, flag: false }), row(4), row(5)];
    await new RecordedTable(databaseOf(db)).run(ALL_TYPES, rows);
    expect(await inspect(db, ALL_TYPES, rows)).to.deep.equal(rows.map(() => "unchanged"));
    db.exec("UPDATE t SET none = 'y' WHERE id = 4");
    db.exec("DELETE FROM t WHERE id = 5");
    const expected = ["unchanged", "unchanged", "unchanged", "edited", "missing"];
    expect(await inspect(db, ALL_TYPES, rows)).to.deep.equal(expected);
    const existence = ["unchanged", "unchanged", "unchanged", "unchanged", "missing"];
    expect(await inspect(db, ALL_TYPES, rows, "size")).to.deep.equal(existence);
  });

  it("finds the rows of a full-text table by their keys", async () => {
    using db = new DatabaseSync(":memory:");
    const rows = [0, 1, 2].map((part) => ({ path: "a.md", part, body: "running", weight: part / 2 }));
    await new RecordedTable(databaseOf(db)).run(FULL_TEXT, rows);
    expect(await inspect(db, FULL_TEXT, rows)).to.deep.equal(["unchanged", "unchanged", "unchanged"]);
    db.exec("UPDATE docs SET body = 'walking' WHERE rowid = 1");
    db.exec("DELETE FROM docs WHERE rowid = 2");
    db.exec("DELETE FROM docs_tidemark_keys WHERE id = 3");
    expect(await inspect(db, FULL_TEXT, rows)).to.deep.equal(["edited", "missing", "missing"]);
  });

  it("takes rows of a dropped table for missing, and those of another table of its name for edited", async () => {
    using db = new DatabaseSync(":memory:");
    const rows = [row(1)];
    await new RecordedTable(databaseOf(db)).run(ALL_TYPES, rows);
    db.exec("ALTER TABLE t DROP COLUMN none");
    expect(await inspect(db, ALL_TYPES, rows)).to.deep.equal(["edited"]);
    expect(await inspectTable(db, ALL_TYPES)).to.deep.equal(["edited"]);
    db.exec("DROP TABLE t");
    expect(await inspect(db, ALL_TYPES, rows)).to.deep.equal(["missing"]);
    expect(await inspectTable(db, ALL_TYPES)).to.deep.equal(["missing"]);
  });

  it("reads a database file whose name has signs of a URL, and leaves no other file", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "a?b#c%20 é.sqlite");
    const rows = [row(1)];
    const file = databaseOf(path) as DatabaseFile;
    await new RecordedTable(file).run(ALL_TYPES, rows);
    file[Symbol.dispose]();
    expect(await inspect(path, ALL_TYPES, rows)).to.deep.equal(["unchanged"]);
    expect(await inspectTable(path, ALL_TYPES)).to.deep.equal(["unchanged"]);
    expect(readdirSync(temp.path)).to.deep.equal(["a?b#c%20 é.sqlite"]);
  });

  it("reads beside a writer that holds a transaction open", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "a.sqlite");
    using file = databaseOf(path) as DatabaseFile;
    await new RecordedTable(file).run(ALL_TYPES, [row(1)]);
    file.connection().exec("BEGIN IMMEDIATE; DELETE FROM t");
    expect(await inspect(path, ALL_TYPES, [row(1)])).to.deep.equal(["unchanged"]);
    file.connection().exec("ROLLBACK");
  });

  it("does not create a database that is gone", async () => {
    await using temp = await createTempFolder();
    const path = join(temp.path, "gone.sqlite");
    expect(await inspectTable(path, ALL_TYPES)).to.deep.equal(["missing"]);
    expect(existsSync(path)).to.equal(false);
  });

  it("cannot tell of a table that was in the memory of another process", async () => {
    const states = [{ key: ["memory:none", "t"] as const, recorded: [ALL_TYPES], root: "/" }];
    expect(await tableHandler.inspect?.(states, { depth: "content", signal })).to.deep.equal(["unknown"]);
  });
});
