import { expectTypeOf } from "expect-type";
import type { DatabaseSync } from "node:sqlite";
import type { RowOf } from "../../../lib/connectors/sqlite/columns.ts";
import { mountTableTarget } from "../../../lib/connectors/sqlite/table-target.ts";

describe("the types of rows", () => {
  it("follow from the columns", () => {
    expectTypeOf<
      RowOf<{
        path: "text";
        size: "integer";
        score: { type: "real"; nullable: true };
        data: { type: "blob"; nullable: false };
        done: { type: "boolean"; nullable: boolean };
      }>
    >().toEqualTypeOf<{
      readonly path: string;
      readonly size: number | bigint;
      readonly score: number | null;
      readonly data: Uint8Array;
      readonly done: boolean | null;
    }>();
  });

  it("are inferred by mountTableTarget, which knows the columns by name", () => {
    const mount = (db: DatabaseSync) =>
      mountTableTarget(db, {
        table: "docs",
        columns: { path: "text", score: { type: "real", nullable: true } },
        primaryKey: ["path"],
        fts5: { unindexed: ["path"] },
      });
    expectTypeOf<Parameters<Awaited<ReturnType<typeof mount>>["declareRow"]>>().toEqualTypeOf<
      [row: { readonly path: string; readonly score: number | null }]
    >();
  });

  it("refuse wrong columns, keys and rows", () => {
    const wrong = async (db: DatabaseSync): Promise<void> => {
      // @ts-expect-error no such type
      await mountTableTarget(db, { table: "docs", columns: { path: "string" }, primaryKey: "path" });
      // @ts-expect-error no such column
      await mountTableTarget(db, { table: "docs", columns: { path: "text" }, primaryKey: "id" });
      const docs = await mountTableTarget("docs.db", {
        table: "docs",
        columns: { path: "text", size: "integer" },
        primaryKey: "path",
        indexes: [{ columns: ["size"] }],
      });
      docs.declareRow({ path: "a", size: 1n });
      // @ts-expect-error a column is missing
      docs.declareRow({ path: "a" });
      // @ts-expect-error null in a column that is not nullable
      docs.declareRow({ path: "a", size: null });
      // @ts-expect-error wrong type
      docs.declareRow({ path: "a", size: "1" });
      // @ts-expect-error unknown column
      docs.declareRow({ path: "a", size: 1, extra: 1 });
    };
    expectTypeOf(wrong).toBeFunction();
  });
});
