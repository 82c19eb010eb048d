import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import { ANYTHING, BOOLEAN } from "../../options/option-check.ts";
import type { ColumnOptions, ColumnType, Columns } from "./columns.ts";
import { checkName, foldName } from "./identifier.ts";
import { shownValue } from "./shown-value.ts";

/** A column, checked and in one form. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** What the columns of each type are in SQL. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = Object.freeze({
  text: "TEXT",
  integer: "INTEGER",
  real: "REAL",
  blob: "BLOB",
  boolean: "INTEGER",
});

const COLUMN_CHECKS: OptionChecks<ColumnOptions> = {
  // Checked below, with the known types in the message.
  type: ANYTHING,
  nullable: BOOLEAN,
};

/**
 * Checks the `columns` option and gives it in one form.
 *
 * `mounting` says what the caller wants to do, for the error.
 *
 * @throws TypeError or RangeError
 */
export function columnSchemas(mounting: string, columns: Columns): readonly ColumnSchema[] {
  const act = `Cannot ${mounting}`;
  if (typeof columns !== "object" || columns === null || Array.isArray(columns)) {
    throw new TypeError(`${act}: \`columns\` must be an object of columns by name, got ${shownValue(columns)}`);
  }
  const schemas = Object.entries(columns).map(([name, column]): ColumnSchema => {
    checkName(act, "columns", name);
    const options = typeof column === "string" ? { type: column } : column;
    if (typeof options === "object" && options !== null) {
      checkOptions(`${mounting} with \`columns.${name}\``, options, COLUMN_CHECKS);
    }
    const type: unknown = options?.type;
    if (typeof type !== "string" || !Object.hasOwn(SQL_TYPES, type)) {
      const wanted = Object.keys(SQL_TYPES).join(", ");
      throw new TypeError(
        `${act}: the type of column ${shownValue(name)} must be one of ${wanted}, got ${shownValue(type)}`,
      );
    }
    return { name, type: options.type, nullable: options.nullable ?? false };
  });
  checkDistinct(
    act,
    "columns",
    schemas.map(({ name }) => name),
  );
  return schemas;
}

/**
 * Checks an option that names some of the columns.
 *
 * @throws TypeError or RangeError that starts with `act`
 */
export function checkSelection(
  act: string,
  option: string,
  names: readonly string[],
  columns: readonly ColumnSchema[],
): void {
  if (!Array.isArray(names)) {
    throw new TypeError(`${act}: \`${option}\` must be names of columns, got ${shownValue(names)}`);
  }
  for (const name of names) {
    if (!columns.some((column) => column.name === name)) {
      const known = columns.map((column) => shownValue(column.name)).join(", ");
      throw new RangeError(`${act}: \`${option}\` must be made of the columns ${known}, got ${shownValue(name)}`);
    }
  }
  checkDistinct(act, option, names);
}

function checkDistinct(act: string, option: string, names: readonly string[]): void {
  if (names.length === 0) throw new RangeError(`${act}: \`${option}\` must have at least one column, got none`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(foldName(name))) {
      throw new RangeError(
        `${act}: \`${option}\` must have distinct names (case aside), got ${shownValue(name)} twice`,
      );
    }
    seen.add(foldName(name));
  }
}
