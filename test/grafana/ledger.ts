import type { ComponentStats } from "../../lib/index.ts";
import { sumComponentStats } from "../../lib/progress/schema/stats.ts";
import { METRICS } from "../../grafana/src/metrics.ts";
import type { ObservedReport } from "../prometheus/observed.ts";
import type { Selection } from "./interpolate.ts";

/** The labels of what a component function counts in one group. */
export type CellLabels = Readonly<Record<"app" | "group" | "component", string>>;

/** What one component function has counted in one report. */
interface Row {
  readonly labels: CellLabels;
  readonly stats: ComponentStats;
  /** Executions that were started and cancelled: `stats` has taken their starts back. */
  readonly numCancelled: number;
}

const VALUE_OF_METRIC: Readonly<Record<string, (row: Row) => number>> = {
  [METRICS.starts]: ({ numCancelled, stats }) => stats.numExecutionStarts + numCancelled,
  [METRICS.unchanged]: ({ stats }) => stats.numUnchanged,
  [METRICS.adds]: ({ stats }) => stats.numAdds,
  [METRICS.deletes]: ({ stats }) => stats.numDeletes,
  [METRICS.reprocesses]: ({ stats }) => stats.numReprocesses,
  [METRICS.errors]: ({ stats }) => stats.numErrors,
  [METRICS.cancellations]: ({ numCancelled }) => numCancelled,
  [METRICS.inProgress]: ({ stats }) => stats.numInProgress,
  [METRICS.queued]: ({ stats }) => stats.numQueued,
};

const NOTHING: ComponentStats = sumComponentStats([]);

/** What `stats()` of all runs of a process add up to: the truth that panels are compared with. */
export class Ledger {
  readonly #rows: Row[] = [];

  /** Enters the final reports of a run; of one that was aborted, also what they were when it was. */
  enter(reports: readonly ObservedReport[], atAbort: readonly ObservedReport[] = reports): void {
    for (const [index, { app, group, stats }] of reports.entries()) {
      // What has only been cancelled is not in the final reports.
      for (const [component, before] of Object.entries(atAbort[index]!.stats.byComponent)) {
        const own = stats.byComponent[component] ?? NOTHING;
        const numCancelled = before.numExecutionStarts - own.numExecutionStarts;
        this.#rows.push({ labels: { app, group, component }, stats: own, numCancelled });
      }
    }
  }

  /** What is in this one and in another one. */
  with(other: Ledger): Ledger {
    const both = new Ledger();
    both.#rows.push(...this.#rows, ...other.#rows);
    return both;
  }

  /** Whether a metric is among what it can sum. */
  knows(metric: string): boolean {
    return metric in VALUE_OF_METRIC;
  }

  /** The sums of a metric by labels, over the cells that are selected, as text for comparing. */
  sums(metric: string, by: readonly string[], selection: Selection = {}): readonly string[] {
    const valueOf = VALUE_OF_METRIC[metric]!;
    const sums = new Map<string, number>();
    for (const row of this.#rows) {
      if (!isSelected(row.labels, selection)) continue;
      const key = formatLabels(row.labels, by);
      sums.set(key, (sums.get(key) ?? 0) + valueOf(row));
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
