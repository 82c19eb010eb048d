import { sumComponentStats, type ComponentStats, type UpdateStats } from "../../progress/schema/stats.ts";

/** The counts of a component function in the run itself, or in the stats groups of one title. */
export interface CountRow {
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  /** The name of the component function. */
  readonly component: string;
  readonly stats: ComponentStats;
}

/** Of the run, and of all groups together: a live run may open groups again and again. */
const MAX_ROWS = 400;

/** The counts of reports that have ended, added up by title and component; of a limited size, however many there are. */
export class CountTable {
  readonly #groupRows = new Map<string, CountRow>();
  readonly #runRows = new Map<string, CountRow>();
  #rest: ComponentStats | null = null;

  /** Adds what a report has counted; `title` is that of a stats group, or `null`. */
  add(title: string | null, { byComponent }: UpdateStats): void {
    const rows = title === null ? this.#runRows : this.#groupRows;
    for (const [component, stats] of Object.entries(byComponent)) {
      const key = JSON.stringify([title, component]);
      const row = rows.get(key);
      if (row !== undefined) rows.set(key, { ...row, stats: sumComponentStats([row.stats, stats]) });
      else if (rows.size < MAX_ROWS) rows.set(key, { title, component, stats });
      else this.#rest = this.#rest === null ? stats : sumComponentStats([this.#rest, stats]);
    }
  }

  /** Those of groups in the order in which they have ended, then the run's own. */
  get rows(): readonly CountRow[] {
    return [...this.#groupRows.values(), ...this.#runRows.values()];
  }

  /** The sum of what has no row; `null` for nothing. */
  get rest(): ComponentStats | null {
    return this.#rest;
  }
}
