import { expect } from "chai";
import { DatabaseSync } from "node:sqlite";
import { databaseOf } from "../../../lib/connectors/sqlite/database.ts";
import { tableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";
import { RecordedTable } from "./recorded-table.ts";

const schema = tableSchema({
  table: "docs",
  columns: { path: "text", part: "integer", body: "text", size: { type: "integer", nullable: true } },
  primaryKey: ["path", "part"],
  fts5: { tokenize: "porter unicode61", unindexed: ["path"] },
});

describe("a full-text table", () => {
  it("finds the rows that were declared last, and no others", async () => {
    using db = new DatabaseSync(":memory:");
    const table = new RecordedTable(databaseOf(db));
    await table.run(schema, [row("a.md", 0, "running tides"), row("a.md", 1, "stones"), row("b.md", 0, "tide tables")]);
    expect(search(db, "tide")).to.deep.equal(["a.md", "b.md"]);
    expect(search(db, "run")).to.deep.equal(["a.md"]);
    await table.run(schema, [row("a.md", 0, "still water"), row("b.md", 0, "tide tables")]);
    expect(search(db, "tide")).to.deep.equal(["b.md"]);
    expect(search(db, "stones")).to.deep.equal([]);
    expect(search(db, "md")).to.deep.equal([]);
    expect(table.writtenRows).to.equal(5);
  });

  it("keeps the rowid of a key, and finds it by an index", async () => {
    using db = new DatabaseSync(":memory:");
    const table = new RecordedTable(databaseOf(db));
    await table.run(schema, [row("a.md", 0, "one"), row("b.md", 0, "two")]);
    const before = db.prepare("SELECT rowid FROM docs WHERE path = 'b.md'").get();
    await table.run(schema, [row("b.md", 0, "three")]);
    expect(db.prepare("SELECT rowid FROM docs WHERE path = 'b.md'").get()).to.deep.equal(before);
    const plan = db
      .prepare('EXPLAIN QUERY PLAN DELETE FROM docs_tidemark_keys WHERE "key_path" = ? AND "key_part" = ?')
      .all("a", 1);
    expect(plan[0]?.["detail"]).to.match(/^SEARCH docs_tidemark_keys USING/);
  });

  it("stores values that are not text as they are", async () => {
    using db = new DatabaseSync(":memory:");
    await new RecordedTable(databaseOf(db)).run(schema, [{ ...row("a.md", 0, "x"), size: 2n ** 40n }]);
    const stored = db.prepare("SELECT part, size, typeof(size) AS type FROM docs").get();
    expect({ ...stored }).to.deep.equal({ part: 0, size: 2 ** 40, type: "integer" });
  });
});

function row(path: string, part: number, body: string): object {
  return { path, part, body, size: null };
}

function search(db: DatabaseSync, words: string): readonly unknown[] {
  const found = db.prepare("SELECT path FROM docs WHERE docs MATCH ? ORDER BY path").all(words);
  return found.map(({ path }) => path);
}
