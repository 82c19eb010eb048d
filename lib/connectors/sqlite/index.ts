export type { Column, ColumnOptions, Columns, ColumnType, ColumnValue, RowOf } from "./columns.ts";
export type { Fts5Options, TableIndex, TableOptions } from "./table-options.ts";
export { mountTableTarget, type TableTarget } from "./table-target.ts";
