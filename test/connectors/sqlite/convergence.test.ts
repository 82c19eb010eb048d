import { expect } from "chai";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { databaseOf } from "../../../lib/connectors/sqlite/database.ts";
import { tableSchema, type TableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";
import { RecordedTable } from "./recorded-table.ts";

const schemas: readonly TableSchema[] = [
  tableSchema({ table: "docs", columns: { id: "integer", title: "text" }, primaryKey: "id" }),
  tableSchema({
    table: "docs",
    columns: { id: "integer", note: { type: "text", nullable: true }, title: "text" },
    primaryKey: "id",
    indexes: [{ columns: ["note"] }],
  }),
  tableSchema({ table: "docs", columns: { id: "integer", title: "text", size: "real" }, primaryKey: "id" }),
  tableSchema({ table: "docs", columns: { id: "integer", title: "text" }, primaryKey: ["id", "title"] }),
  tableSchema({ table: "docs", columns: { id: "text", title: { type: "text", nullable: true } }, primaryKey: "id" }),
  tableSchema({ table: "docs", columns: { id: "integer", title: "text" }, primaryKey: "id", fts5: {} }),
  tableSchema({ table: "docs", columns: { id: "text", title: "text" }, primaryKey: "id", fts5: {} }),
  tableSchema({ table: "docs", columns: { id: "text", title: "text" }, primaryKey: "title", fts5: {} }),
  tableSchema({
    table: "docs",
    columns: { id: "text", title: "text" },
    primaryKey: ["title", "id"],
    fts5: { tokenize: "porter" },
  }),
];

interface Step {
  readonly schema: number | undefined;
  readonly rows: readonly (readonly [number, number])[];
  readonly crash: number | undefined;
  readonly isFull: boolean;
  readonly isDroppedByHand: boolean;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    schema: fc.option(fc.nat(schemas.length - 1), { nil: undefined, freq: 8 }),
    rows: fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(3)), { selector: ([id]) => id, maxLength: 6 }),
    crash: fc.option(fc.nat(5), { nil: undefined }),
    isFull: fc.boolean(),
    isDroppedByHand: fc.nat(9).map((number) => number === 0),
  }),
  { minLength: 1, maxLength: 8 },
);

describe("the SQLite handlers", () => {
  it("end with exactly the declared rows, whatever was declared, changed, dropped and interrupted before", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        using db = new DatabaseSync(":memory:");
        const table = new RecordedTable(databaseOf(db));
        for (const step of history) {
          if (step.isDroppedByHand) db.exec("DROP TABLE IF EXISTS docs");
          const schema = step.schema === undefined ? undefined : schemas[step.schema];
          await table.run(schema, rowsOf(schema, step.rows), step.crash, step.isFull);
          if (step.crash === undefined) expect(tableOf(db)).to.deep.equal(sorted(rowsOf(schema, step.rows)));
        }
        const last = history.at(-1)?.rows ?? [];
        const schema = schemas[0];
        await table.run(schema, rowsOf(schema, last));
        expect(tableOf(db)).to.deep.equal(sorted(rowsOf(schema, last)));
        await table.run(undefined, []);
        expect(db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'docs%'").all()).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });
});

function rowsOf(schema: TableSchema | undefined, rows: Step["rows"]): readonly Record<string, unknown>[] {
  if (schema === undefined) return [];
  return rows.map(([id, variant]) => {
    const values = schema.columns.map(({ name, type, nullable }): [string, unknown] => {
      if (name === "id") return [name, type === "text" ? `id ${id}` : id];
      if (nullable && variant === 0) return [name, null];
      return [name, type === "text" ? `${name} ${id} ${variant}` : variant / 2];
    });
    return Object.fromEntries(values);
  });
}

function tableOf(db: DatabaseSync): readonly object[] {
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'docs'").get() === undefined) return [];
  return sorted(db.prepare("SELECT * FROM docs").all());
}

/** Rows in the order of their ids, with their columns in the order of the names. */
function sorted(rows: readonly object[]): readonly object[] {
  const plain = rows.map((row) => Object.fromEntries(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))));
  return plain.toSorted((a, b) => (String(a["id"]) < String(b["id"]) ? -1 : 1));
}
