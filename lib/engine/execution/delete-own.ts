import type { Execution } from "../../progress/activity.ts";
import type { Cell } from "../../progress/cell.ts";
import type { Report } from "../../progress/report.ts";
import { decodePath, formatPath, joinPaths } from "../../state/stable-key.ts";
import { withoutMemo } from "../records/child-row.ts";
import { ROOT_ID, type ChildRow, type PendingDeletionRow, type TrackingRow } from "../records/row.ts";
import { handleException, type ExceptionHandler } from "../run/exceptions.ts";
import type { Run } from "../run/run.ts";
import { applyPlan } from "./apply-plan.ts";
import { disown, giveUpAll, planRemoval, withoutDoubtful } from "./plan.ts";

/** A component to be deleted, with everything below it. */
export interface Deletion {
  readonly id: number;
  readonly row: ChildRow;
  readonly place: PendingDeletionRow;
  /** Where it is counted. */
  readonly report: Report;
  /** The handlers of a failure: those in the scope of the mount, innermost first. @default those of the environment */
  readonly handlers?: readonly ExceptionHandler[] | undefined;
  /** Whether its delete counts; the deletes below count in any case. @default true */
  readonly isCounted?: boolean;
}

/**
 * Deletes one component that has no children: its target states, then its record. Returns whether it is gone; a failure is
 * reported, and the next run tries again. So it does, unreported, where an abandoned call of `apply` may bring a state back.
 *
 * @throws the reason of an abort after which the deletion was abandoned; the next run tries again
 */
export async function deleteOwn(run: Run, deletion: Deletion): Promise<boolean> {
  run.mounted.noteDeleteAttempt(deletion.id);
  const tracked = run.rows.tracking(deletion.id);
  const { activity } = deletion.report;
  const execution = new DeletionExecution(deletion, tracked?.name ?? deletion.row.name);
  const started = deletion.isCounted === false ? undefined : activity.start(execution);
  try {
    const isGone = await removeOwn(run, deletion, tracked);
    if (started !== undefined) activity.finish(started, "deletes");
    if (isGone) run.mounted.forget(deletion.id);
    return isGone;
  } catch (error) {
    if (run.isAbortReason(error)) {
      if (started !== undefined) activity.cancel(started);
      await remember(run, deletion);
      throw error;
    }
    activity.finish(started ?? activity.start(execution), "errors");
    await remember(run, deletion);
    const { component } = execution.cell;
    const { path } = execution;
    const { handlers } = deletion;
    const parentPath = formatPath(decodePath(deletion.place.parentPath));
    await reportFailure(run, deletion.report, { component, path, parentPath, error, handlers });
    return false;
  }
}

/** Records that a deletion is pending, so that the next run tries again, also when the component's owner is not run then. */
export async function remember(run: Run, { handlers, id, place }: Deletion): Promise<void> {
  if (handlers !== undefined) run.mounted.noteFailedDeletion(id, handlers);
  await run.rows.write([run.rows.putPendingDeletion(id, place)]);
  run.onDeletionFailed?.();
}

/** The deletion of one component as its report knows it. */
class DeletionExecution implements Execution {
  readonly cell: Cell;
  readonly isWaiting = false;
  readonly #place: PendingDeletionRow;

  constructor(deletion: Deletion, name: string) {
    this.cell = deletion.report.cell(name);
    this.#place = deletion.place;
  }

  get path(): string {
    return formatPath(decodePath(joinPaths(this.#place.parentPath, this.#place.path)));
  }
}

/** Removes the target states and the record. Returns `false` if the record stays, because an abandoned call may bring a state back. */
async function removeOwn(run: Run, { id, row, place }: Deletion, tracked: TrackingRow | undefined): Promise<boolean> {
  const { rows } = run;
  const parentId = place.ancestors.at(-1) ?? ROOT_ID;
  const plan = planRemoval(run, id, tracked);
  // At once: of two apps that leave a container to each other, the later one has to see that it is the last.
  run.write(disown(run, id, plan.released));
  if (plan.actions.length > 0) {
    const items = [...plan.kept, ...plan.givenUp, ...plan.actions.map((action) => action.during)];
    await rows.write([
      rows.putChild(parentId, place.path, withoutMemo(row)),
      rows.putTracking(id, { ...plan.before!, items }),
      // Should the component be mounted again after a crash, its calls must declare their states anew.
      ...(row.hasCalls ? rows.removeCalls(id) : []),
    ]);
    const { doubtful } = await applyPlan(run, plan);
    if (doubtful.length > 0) {
      await rows.write([
        ...giveUpAll(run, id, plan, plan.before!),
        ...disown(run, id, withoutDoubtful(plan.disowned, doubtful)),
        rows.putTracking(id, { ...plan.before!, items: doubtful }),
        rows.putPendingDeletion(id, place),
      ]);
      return false;
    }
  }
  await rows.write([
    ...(tracked === undefined ? [] : giveUpAll(run, id, plan, tracked)),
    ...disown(run, id, plan.disowned),
    // Spread into an array: as arguments of a call, a hundred thousand of them overflow the stack.
    ...(row.hasCalls ? rows.removeCalls(id) : []),
    rows.removeTracking(id),
    rows.removePendingDeletion(id),
    rows.removeChild(parentId, place.path),
  ]);
  return true;
}

/** Reports that target states of a component could not be removed. */
export async function reportFailure(
  run: Run,
  report: Report,
  failure: {
    readonly component: string;
    readonly path: string;
    readonly parentPath: string;
    readonly error: unknown;
    /** @default those of the environment */
    readonly handlers?: readonly ExceptionHandler[] | undefined;
  },
): Promise<void> {
  const { error, handlers = run.handlers, parentPath, ...place } = failure;
  report.recordFailure({ ...place, error });
  const context = { ...place, parentPath, environment: run.environmentName, mountKind: "delete" as const };
  // A deletion has no handle that could reject with an error of the outermost handler; the report has the failure.
  await handleException(handlers, error, context, run.grace).catch(() => {});
}
