import type { UpdateSnapshot } from "./stats.ts";

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
  readonly error: ErrorRecord;
  /** What was thrown, in one line, without the names and numbers in it: the same for all failures that have one cause. */
  readonly cause: string;
  /** ISO 8601. */
  readonly at: string;
}

/** A stats group of an {@link UpdateRecord}. */
export interface GroupRecord {
  /** The place among the groups of the update, in the order of opening, from 0; old ones of a long live run are left out. */
  readonly index: number;
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly snapshot: UpdateSnapshot;
}

/** One update or drop of an app, running or ended, as plain data that JSON can hold. */
export interface UpdateRecord {
  readonly id: string;
  readonly app: string;
  readonly kind: "update" | "drop";
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; `null` while it runs. */
  readonly endedAt: string | null;
  readonly status: UpdateRecordStatus;
  /** What it failed with, or was aborted with; else `null`. */
  readonly error: ErrorRecord | null;
  /** Of what is outside stats groups. */
  readonly snapshot: UpdateSnapshot;
  /** In the order in which they were opened. */
  readonly groups: readonly GroupRecord[];
  /** The newest {@link MAX_RECORDED_FAILURES} of the whole update, oldest first. */
  readonly failures: readonly FailureRecord[];
}

/** The most failures of an update that a record keeps: the newest. */
export const MAX_RECORDED_FAILURES = 100;
