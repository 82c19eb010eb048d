import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import type { DynamicConfigValue, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { describe, type PanelText } from "./panels.ts";
import { buildTableQuery, type Query } from "./query.ts";

/** A column of values. */
export interface ValueColumn extends Query {
  /** A unit of Grafana; that of the panel without it. */
  readonly unit?: string;
}

/** Options of {@link buildTable}. */
export interface TableOptions extends PanelText {
  /** The labels that the values are grouped by: the first columns, with the address each value links to. */
  readonly labels: readonly { readonly name: string; readonly link?: string }[];
  readonly columns: readonly ValueColumn[];
  /** The legend of the column to sort by, the largest first. */
  readonly sortBy: string;
}

/** One row for each combination of labels. */
export function buildTable(options: TableOptions): Builder<Panel> {
  const { labels, columns, sortBy } = options;
  // Grafana names a value after its query only where there are several.
  const fields = columns.map((_, index) => (columns.length === 1 ? "Value" : `Value #${refIdOf(index)}`));
  const order = [...labels.map(({ name }) => name), ...fields];
  const table = describe(new PanelBuilder(), options)
    .targets(columns.map(buildTableQuery))
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
        renameByName: Object.fromEntries(columns.map(({ legend }, index) => [fields[index], legend])),
      },
    });
  for (const { legend, unit } of columns) {
    if (unit !== undefined) table.overrideByName(legend, [{ id: "unit", value: unit }]);
  }
  for (const { name, link } of labels) {
    if (link !== undefined) table.overrideByName(name, [linkProperty(link)]);
  }
  return table;
}

/** The id of the query at `index` of a panel: `A`, `B`, … */
export function refIdOf(index: number): string {
  if (index >= 26) throw new RangeError(`Cannot name query ${index}: a panel must have at most 26 queries`);
  return String.fromCodePoint("A".codePointAt(0)! + index);
}

function linkProperty(url: string): DynamicConfigValue {
  return { id: "links", value: [{ title: "Details of ${__value.text}", url }] };
}
