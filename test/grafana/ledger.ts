import type { ComponentStats } from "../../lib/index.ts";
import { METRICS } from "../../grafana/src/metrics.ts";
import type { ObservedReport } from "../prometheus/observed.ts";
import type { Selection } from "./interpolate.ts";

/** The labels of what a component function counts in one group. */
export type CellLabels = Readonly<Record<"app" | "group" | "component", string>>;

const FIELD_OF_METRIC: Readonly<Record<string, keyof ComponentStats>> = {
  [METRICS.starts]: "numExecutionStarts",
  [METRICS.unchanged]: "numUnchanged",
  [METRICS.adds]: "numAdds",
  [METRICS.deletes]: "numDeletes",
  [METRICS.reprocesses]: "numReprocesses",
  [METRICS.errors]: "numErrors",
  [METRICS.inProgress]: "numInProgress",
  [METRICS.queued]: "numQueued",
};

/** What `stats()` of all runs of a process add up to: the truth that panels are compared with. */
export class Ledger {
  readonly #rows: { readonly labels: CellLabels; readonly stats: ComponentStats }[] = [];

  /** Enters the final reports of a run. */
  enter(reports: readonly ObservedReport[]): void {
    for (const { app, group, stats } of reports) {
      for (const [component, own] of Object.entries(stats.byComponent)) {
        this.#rows.push({ labels: { app, group, component }, stats: own });
      }
    }
  }

  /** What is in this one and in another one. */
  with(other: Ledger): Ledger {
    const both = new Ledger();
    both.#rows.push(...this.#rows, ...other.#rows);
    return both;
  }

  /** Whether a metric is among what `stats()` tells. */
  knows(metric: string): boolean {
    return metric in FIELD_OF_METRIC;
  }

  /** The sums of a metric by labels, over the cells that are selected, as text for comparing. */
  sums(metric: string, by: readonly string[], selection: Selection = {}): readonly string[] {
    const field = FIELD_OF_METRIC[metric]!;
    const sums = new Map<string, number>();
    for (const { labels, stats } of this.#rows) {
      if (!isSelected(labels, selection)) continue;
      const key = formatLabels(labels, by);
      sums.set(key, (sums.get(key) ?? 0) + stats[field]);
    }
    return formatSums([...sums]);
  }
}

/** A result of Prometheus in the form of {@link Ledger.sums}. */
export function formatResult(
  series: readonly { readonly metric: Readonly<Record<string, string>>; readonly values: readonly number[] }[],
  by: readonly string[],
): readonly string[] {
  return formatSums(series.map(({ metric, values }) => [formatLabels(metric, by), values.at(-1)!]));
}

function isSelected(labels: CellLabels, selection: Selection): boolean {
  return Object.entries(labels).every(([name, value]) => selection[name]?.includes(value) ?? true);
}

function formatLabels(labels: Readonly<Record<string, string>>, by: readonly string[]): string {
  return by.map((name) => `${name}=${labels[name]}`).join(", ");
}

function formatSums(sums: readonly (readonly [string, number])[]): readonly string[] {
  return sums.map(([labels, sum]) => `${labels}: ${sum}`).toSorted();
}
