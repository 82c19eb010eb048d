import type { OptionChecks } from "../../options/check-options.ts";
import { ANYTHING } from "../../options/option-check.ts";
import type { Columns } from "./columns.ts";

/** How a full-text table is indexed; see https://sqlite.org/fts5.html. */
export interface Fts5Options<Name extends string = string> {
  /**
   * The tokenizer with its arguments, such as `"porter unicode61"`.
   *
   * @default "unicode61"
   */
  readonly tokenize?: string;
  /**
   * Columns that are stored and not searched. Those that are not text never are.
   *
   * @default []
   */
  readonly unindexed?: readonly Name[];
}

/** An index that makes look-ups by some columns fast. */
export interface TableIndex<Name extends string = string> {
  readonly columns: readonly Name[];
}

/** What a table is like. */
export interface TableOptions<C extends Columns = Columns> {
  /** Its name, in the main schema of the database. */
  readonly table: string;
  readonly columns: C;
  /** The column, or the columns, that tell rows apart; they are not nullable. */
  readonly primaryKey: NoInfer<keyof C & string> | readonly NoInfer<keyof C & string>[];
  /** Makes it a full-text (FTS5) table; `{}` takes the defaults. */
  readonly fts5?: Fts5Options<NoInfer<keyof C & string>>;
  /** @default [] */
  readonly indexes?: readonly TableIndex<NoInfer<keyof C & string>>[];
}

// The values are checked by `tableSchema`, which knows the columns.

/** The checks of {@link TableOptions}. */
export const TABLE_CHECKS: OptionChecks<TableOptions> = {
  table: ANYTHING,
  columns: ANYTHING,
  primaryKey: ANYTHING,
  fts5: ANYTHING,
  indexes: { wanted: "an array of indexes", accepts: (value) => Array.isArray(value) },
};

/** The checks of {@link Fts5Options}. */
export const FTS5_CHECKS: OptionChecks<Fts5Options> = { tokenize: ANYTHING, unindexed: ANYTHING };

/** The checks of {@link TableIndex}. */
export const INDEX_CHECKS: OptionChecks<TableIndex> = { columns: ANYTHING };
