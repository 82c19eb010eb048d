import type { DatabaseSync } from "node:sqlite";
import { SQL_TYPES } from "./column-schema.ts";
import { keysDefinition, keysTable, MARK, tableDefinition } from "./definition.ts";
import { shownValue } from "./shown-value.ts";
import type { TableSchema } from "./table-schema.ts";

/** A table, or a view, as it is in the database. */
export interface ExistingTable {
  readonly isView: boolean;
  /** Whether Tidemark made it. */
  readonly isMarked: boolean;
  readonly isStrict: boolean;
  readonly definition: string;
  /** The definition of the table of keys beside a full-text table; `undefined` when there is none. */
  readonly keysDefinition: string | undefined;
  /** The type of each column as SQL; the names of the primary key in its order. */
  readonly columns: ReadonlyMap<string, string>;
  readonly primaryKey: readonly string[];
}

/** Looks up what of that name is in the database; `undefined` when nothing is. */
export function existingTable(db: DatabaseSync, table: string): ExistingTable | undefined {
  const found = readDefinition(db, table);
  if (found === undefined) return undefined;
  const info = db.prepare("SELECT name, type, [notnull], pk, hidden FROM pragma_table_xinfo(?, 'main')").all(table);
  const { strict } = db.prepare("SELECT strict FROM pragma_table_list(?) WHERE schema = 'main'").get(table) ?? {};
  const columns = info.map((column): [string, string] => {
    const kind = column["hidden"] === 0 ? "" : " GENERATED";
    return [String(column["name"]), `${String(column["type"])}${column["notnull"] === 1 ? " NOT NULL" : ""}${kind}`];
  });
  const key = info.filter((column) => column["pk"] !== 0).toSorted((a, b) => Number(a["pk"]) - Number(b["pk"]));
  return {
    isView: found.type === "view",
    isMarked: found.sql.includes(MARK),
    isStrict: strict === 1,
    definition: found.sql,
    keysDefinition: readDefinition(db, keysTable(table))?.sql,
    columns: new Map(columns),
    primaryKey: key.map((column) => String(column["name"])),
  };
}

/** How an existing table differs from what is wanted, in words; none when it does not. */
export function differences(existing: ExistingTable, schema: TableSchema): readonly string[] {
  if (existing.isView) return ["it is a view"];
  if (schema.fts5 !== null) return fts5Differences(existing, schema);
  const wanted = new Map(schema.columns.map((column) => [column.name, sqlTypeOf(column)]));
  const found: string[] = [];
  for (const [name, type] of wanted) {
    const actual = existing.columns.get(name);
    if (actual === undefined) found.push(`column ${shownValue(name)} is missing`);
    else if (actual !== type) found.push(`column ${shownValue(name)} is ${actual || "untyped"} and not ${type}`);
  }
  for (const name of existing.columns.keys()) {
    if (!wanted.has(name)) found.push(`column ${shownValue(name)} is not declared`);
  }
  if (existing.primaryKey.join("\0") !== schema.primaryKey.join("\0")) {
    found.push(`its primary key is (${existing.primaryKey.join(", ")}) and not (${schema.primaryKey.join(", ")})`);
  }
  if (!existing.isStrict) found.push("it is not STRICT");
  return found;
}

/** The type of a column as {@link ExistingTable} has it. */
export function sqlTypeOf(column: TableSchema["columns"][number]): string {
  return `${SQL_TYPES[column.type]}${column.nullable ? "" : " NOT NULL"}`;
}

/** A full-text table cannot be altered, so its definition stays as it was written. */
function fts5Differences(existing: ExistingTable, schema: TableSchema): readonly string[] {
  if (!existing.isMarked) return ["it was not made by Tidemark"];
  const definition = tableDefinition(schema);
  if (existing.definition !== definition) return [`its definition is ${existing.definition} and not ${definition}`];
  return existing.keysDefinition === keysDefinition(schema) ? [] : ["its table of keys is not as it was made"];
}

function readDefinition(db: DatabaseSync, table: string): { readonly type: string; readonly sql: string } | undefined {
  // SQLite compares names with the case of ASCII letters ignored, and so does NOCASE.
  const row = db
    .prepare("SELECT type, sql FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')")
    .get(table);
  return row === undefined ? undefined : { type: String(row["type"]), sql: String(row["sql"]) };
}
