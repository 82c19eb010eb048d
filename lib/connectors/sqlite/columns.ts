/** What a column holds. `"boolean"` is stored as 0 or 1 in an INTEGER column. */
export type ColumnType = "text" | "integer" | "real" | "blob" | "boolean";

/** A column that needs more to be said than its type. */
export interface ColumnOptions {
  readonly type: ColumnType;
  /**
   * Whether it may hold `null`.
   *
   * @default false
   */
  readonly nullable?: boolean;
}

/** A column: its type, or its type with options. */
export type Column = ColumnType | ColumnOptions;

/** The columns of a table by name, in order. */
export type Columns = Readonly<Record<string, Column>>;

/** What a column of each type takes. An integer has 64 bits; text that is not well-formed Unicode is made so, as in a file. */
interface ValueOfType {
  readonly text: string;
  readonly integer: number | bigint;
  readonly real: number;
  readonly blob: Uint8Array;
  readonly boolean: boolean;
}

/** What one column takes. */
export type ColumnValue<C extends Column> = C extends ColumnType
  ? ValueOfType[C]
  : C extends ColumnOptions
    ? ValueOfType[C["type"]] | (C extends { readonly nullable: infer N } ? (true extends N ? null : never) : never)
    : never;

/** A row of a table with such columns; every column must be given, `null` included. */
export type RowOf<C extends Columns> = { readonly [Name in keyof C]: ColumnValue<C[Name]> };
