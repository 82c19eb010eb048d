import { sumComponentStats, type ComponentStats, type UpdateSnapshot } from "../schema/stats.ts";

/** How an update stands: `"running"`, `"ready"` (caught up, or ended well), `"failed"`, or `"aborted"` by its signal. */
export type UpdateRecordStatus = "running" | "ready" | "failed" | "aborted";

/** A thrown value, as text. */
export interface ErrorRecord {
  /** The class of the error; `"Error"` for a value that is none. */
  readonly name: string;
  readonly message: string;
  /** The stack as Node prints it, with the causes; `null` when there is none. */
  readonly stack: string | null;
}

/** One failed execution, as text. */
export interface FailureRecord {
  /** The name of the component function. */
  readonly component: string;
  /** The component's path. */
  readonly path: string;
  /** The title of the stats group it was counted in; `null` outside any. */
  readonly group: string | null;
  /** The index of that group in the update; `null` outside any, absent in a record of 0.1. */
  readonly groupIndex?: number | null;
  readonly error: ErrorRecord;
  /** What was thrown, in one line, without the names and numbers in it: the same for all failures that have one cause. */
  readonly cause: string;
  /** ISO 8601. */
  readonly at: string;
}

/** A stats group of an {@link UpdateRecord}. */
export interface GroupRecord {
  /** The place among the groups of the update, in the order of opening, from 0. */
  readonly index: number;
  readonly title: string;
  /** ISO 8601: the start of the update plus the time elapsed until then. */
  readonly startedAt: string;
  readonly snapshot: UpdateSnapshot;
}

/** The stats groups of an {@link UpdateRecord} that are not kept one by one. */
export interface ForgottenGroups {
  readonly numGroups: number;
  /** Summed over all of them. */
  readonly total: ComponentStats;
}

/** One update or drop of an app, running or ended, as plain data that JSON can hold. */
export interface UpdateRecord {
  readonly id: string;
  readonly app: string;
  readonly kind: "update" | "drop";
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; `null` while it runs. The start plus the elapsed time, also when the clock was set in between. */
  readonly endedAt: string | null;
  readonly status: UpdateRecordStatus;
  /** What it failed with, or was aborted with; else `null`. */
  readonly error: ErrorRecord | null;
  /** Of what is outside stats groups. */
  readonly snapshot: UpdateSnapshot;
  /** In the order in which they were opened; beyond a thousand, the oldest that have ended are left out. */
  readonly groups: readonly GroupRecord[];
  /** Those that are left out of `groups`; absent when all are there. */
  readonly forgotten?: ForgottenGroups;
  /** The newest {@link MAX_RECORDED_FAILURES} of the whole update, oldest first. */
  readonly failures: readonly FailureRecord[];
}

/** What an update has counted: its own report, and all of its groups. */
export function totalOf({ forgotten, groups, snapshot }: UpdateRecord): ComponentStats {
  const totals = [snapshot, ...groups.map((group) => group.snapshot)].map(({ stats }) => stats.total);
  return sumComponentStats(forgotten === undefined ? totals : [...totals, forgotten.total]);
}

/** The number of groups that an update has opened. */
export function numGroupsOf({ forgotten, groups }: UpdateRecord): number {
  return groups.length + (forgotten?.numGroups ?? 0);
}

/** The most failures of an update that a record keeps: the newest. */
export const MAX_RECORDED_FAILURES = 100;
