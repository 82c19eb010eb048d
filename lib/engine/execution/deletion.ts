import type { Execution } from "../../progress/activity.ts";
import type { Cell } from "../../progress/cell.ts";
import type { Report } from "../../progress/report.ts";
import { decodePath, encodeKey, formatPath, joinPaths } from "../../state/stable-key.ts";
import { withoutMemo } from "../records/child-row.ts";
import { handleException, type ExceptionHandler } from "../run/exceptions.ts";
import { disown, planRemoval } from "./plan.ts";
import { MOUNT_TARGET } from "../targets/providers.ts";
import { ROOT_ID, type ChildRow, type PendingDeletionRow, type TrackingRow } from "../records/row.ts";
import type { Run } from "../run/run.ts";
import { applyPlan } from "./apply-plan.ts";

/** This many components are looked at, and deleted, at a time. */
const CHUNK = 2000;

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

/** Lists deletions in the order of their paths; with `after`, those that come after that path. */
export type DeletionList = (after?: Uint8Array) => Iterable<Deletion>;

/**
 * Deletes what is listed, the containers after everything else, because others may have target states in them, and the inner ones
 * before the outer. Gives whether all is gone; what is not was reported, and is tried again by the next run.
 */
export async function deleteAll(run: Run, list: DeletionList): Promise<boolean> {
  const levels = new Set<number>();
  let isAllGone = await deleteLevel(run, list, 0, levels);
  levels.delete(0);
  for (const level of [...levels].toSorted((one, other) => other - one)) {
    isAllGone = (await deleteLevel(run, list, level, levels)) && isAllGone;
  }
  return isAllGone;
}

/** Deletes those of one {@link containerLevel}; the levels of all are added to `levels`. */
async function deleteLevel(run: Run, list: DeletionList, level: number, levels: Set<number>): Promise<boolean> {
  let isAllGone = true;
  let chunk = takeChunk(list());
  while (chunk.length > 0) {
    run.throwIfAborted();
    const wanted = chunk.filter(({ place }) => {
      const own = containerLevel(place.path);
      levels.add(own);
      return own === level;
    });
    // All are waited for, also when one is given up because the run is aborted: the others may be writing.
    const gone = await Promise.allSettled(wanted.map((deletion) => deleteComponent(run, deletion)));
    for (const outcome of gone) {
      if (outcome.status === "rejected") throw outcome.reason;
      isAllGone &&= outcome.value;
    }
    chunk = takeChunk(list(chunk.at(-1)!.place.path));
  }
  return isAllGone;
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

/** Deletes one component: what is below it, what it has outside, then its record. Gives whether it is gone. */
export async function deleteComponent(run: Run, deletion: Deletion): Promise<boolean> {
  run.mounted.noteDeleteAttempt(deletion.id);
  voidMemo(run, deletion);
  const isEmpty = !deletion.row.hasChildren || (await deleteAll(run, (after) => listBelow(run, deletion, after)));
  if (!isEmpty) {
    await remember(run, deletion);
    return false;
  }
  const tracked = run.rows.tracking(deletion.id);
  const name = tracked?.name ?? deletion.row.name;
  const { activity } = deletion.report;
  const execution = new DeletionExecution(deletion, name);
  const started = deletion.isCounted === false ? undefined : activity.start(execution);
  try {
    await removeOwn(run, deletion, tracked);
    if (started !== undefined) activity.finish(started, "deletes");
    run.mounted.forget(deletion.id);
    return true;
  } catch (error) {
    activity.finish(started ?? activity.start(execution), "errors");
    await remember(run, deletion);
    await report(run, deletion, execution, error);
    return false;
  }
}

/** Should the deletion not come to its end, and the component be mounted again, it must not be skipped: what is below it may be gone. */
function voidMemo(run: Run, { row, place }: Deletion): void {
  const { rows } = run;
  if (!row.hasChildren || row.memo === null) return;
  run.write([rows.putChild(place.ancestors.at(-1) ?? ROOT_ID, place.path, withoutMemo(row))]);
}

async function removeOwn(run: Run, { id, row, place }: Deletion, tracked: TrackingRow | undefined): Promise<void> {
  const { rows } = run;
  const parentId = place.ancestors.at(-1) ?? ROOT_ID;
  const plan = planRemoval(run, id, tracked);
  if (plan.actions.length > 0) {
    const items = [...plan.kept, ...plan.actions.map((action) => action.during)];
    await rows.write([
      rows.putChild(parentId, place.path, withoutMemo(row)),
      rows.putTracking(id, { ...plan.before!, items }),
    ]);
    await applyPlan(run, plan);
  }
  await rows.write([
    ...disown(run, id, plan),
    // Spread into an array: as arguments of a call, a hundred thousand of them overflow the stack.
    ...(row.hasCalls ? rows.removeCalls(id) : []),
    rows.removeTracking(id),
    rows.removePendingDeletion(id),
    rows.removeChild(parentId, place.path),
  ]);
}

/** Has the next run try again, also when the component's owner is not run then. */
async function remember(run: Run, { handlers, id, place }: Deletion): Promise<void> {
  if (handlers !== undefined) run.mounted.noteFailedDeletion(id, handlers);
  await run.rows.write([run.rows.putPendingDeletion(id, place)]);
  run.onDeletionFailed?.();
}

async function report(run: Run, deletion: Deletion, { cell, path }: DeletionExecution, error: unknown): Promise<void> {
  const { component } = cell;
  deletion.report.recordFailure({ component, path, error });
  const context = {
    environment: run.environmentName,
    component,
    path,
    parentPath: formatPath(decodePath(deletion.place.parentPath)),
    mountKind: "delete" as const,
  };
  // Nobody holds a handle of a deletion, so what the outermost handler throws has nowhere to go: the failure is on record.
  await handleException(deletion.handlers ?? run.handlers, error, context).catch(() => {});
}

function* listBelow(
  run: Run,
  { handlers, id, place, report: counted }: Deletion,
  after?: Uint8Array,
): Iterable<Deletion> {
  const below = { ancestors: [...place.ancestors, id], parentPath: joinPaths(place.parentPath, place.path) };
  for (const { path, row } of run.rows.children(id, { after })) {
    yield { id: row.id, row, place: { ...below, path }, report: counted, handlers };
  }
}

function takeChunk(deletions: Iterable<Deletion>): Deletion[] {
  const chunk: Deletion[] = [];
  for (const deletion of deletions) {
    chunk.push(deletion);
    if (chunk.length === CHUNK) break;
  }
  return chunk;
}

const MOUNT_TARGET_BYTES = Buffer.from(encodeKey(MOUNT_TARGET));

/** How deep a mounted container stands in others, from 1; 0 for a component that is none. */
function containerLevel(path: Uint8Array): number {
  if (!Buffer.from(path.buffer, path.byteOffset, path.length).includes(MOUNT_TARGET_BYTES)) return 0;
  const [place, target] = decodePath(path).slice(-2);
  const isMounted = place !== undefined && Buffer.compare(encodeKey(place), MOUNT_TARGET_BYTES) === 0;
  return isMounted && Array.isArray(target) ? target.length - 1 : 0;
}
