import type { Report } from "../progress/report.ts";
import { decodePath, encodeKey, formatPath, joinPaths } from "../state/stable-key.ts";
import { handleException } from "./exceptions.ts";
import { disown, planRemoval } from "./plan.ts";
import { MOUNT_TARGET } from "./providers.ts";
import { ROOT_ID, type ChildRow, type DoomedRow } from "./row.ts";
import type { Run } from "./run.ts";
import { applyPlan } from "./apply-plan.ts";

/** This many components are looked at, and deleted, at a time. */
const CHUNK = 500;

/** A component to be deleted, with everything below it. */
export interface Deletion {
  readonly id: number;
  readonly row: ChildRow;
  readonly place: DoomedRow;
  /** Where it is counted. */
  readonly report: Report;
}

/** Lists deletions in the order of their paths; with `after`, those that come after that path. */
export type DeletionList = (after?: Uint8Array) => Iterable<Deletion>;

/**
 * Deletes what is listed, the containers after everything else, because others may have target states in them. Gives whether all
 * is gone; what is not was reported, and is tried again by the next run.
 */
export async function deleteAll(run: Run, list: DeletionList): Promise<boolean> {
  let isAllGone = true;
  for (const wantsContainers of [false, true]) {
    let chunk = takeChunk(list());
    while (chunk.length > 0) {
      run.throwIfAborted();
      const wanted = chunk.filter(({ place }) => isMountTarget(place.path) === wantsContainers);
      const gone = await Promise.all(wanted.map((deletion) => deleteComponent(run, deletion)));
      isAllGone &&= !gone.includes(false);
      chunk = takeChunk(list(chunk.at(-1)!.place.path));
    }
  }
  return isAllGone;
}

/** Deletes one component: what is below it, what it has outside, then its record. Gives whether it is gone. */
export async function deleteComponent(run: Run, deletion: Deletion): Promise<boolean> {
  run.attemptedDeletes.add(deletion.id);
  const isEmpty = await deleteAll(run, (after) => listBelow(run, deletion, after));
  if (!isEmpty) {
    await remember(run, deletion);
    return false;
  }
  const name = run.rows.tracking(deletion.id)?.name ?? deletion.row.name;
  const cell = deletion.report.cell(name);
  cell.start();
  try {
    await removeOwn(run, deletion);
    cell.finish("deletes");
    return true;
  } catch (error) {
    cell.finish("errors");
    await remember(run, deletion);
    await report(run, deletion, name, error);
    return false;
  }
}

async function removeOwn(run: Run, { id, row, place }: Deletion): Promise<void> {
  const { rows } = run;
  const parentId = place.ancestors.at(-1) ?? ROOT_ID;
  const childKey = rows.childKey(parentId, place.path);
  const plan = planRemoval(run, id);
  if (plan.actions.length > 0) {
    const items = [...plan.kept, ...plan.actions.map((action) => action.during)];
    await rows.store.write([
      { key: childKey, value: rows.encodeChild({ ...row, memo: null }) },
      { key: rows.trackingKey(id), value: rows.encodeTracking({ ...plan.before!, items }) },
    ]);
    await applyPlan(run, plan);
  }
  const changes = disown(run, id, plan);
  for (const { key } of rows.calls(id)) changes.push({ key, value: undefined });
  for (const key of [rows.trackingKey(id), rows.doomedKey(id), childKey]) changes.push({ key, value: undefined });
  await rows.store.write(changes);
}

/** Has the next run try again, also when the component's owner is not run then. */
async function remember(run: Run, { id, place }: Deletion): Promise<void> {
  await run.rows.store.write([{ key: run.rows.doomedKey(id), value: run.rows.encodeDoomed(place) }]);
}

async function report(run: Run, deletion: Deletion, component: string, error: unknown): Promise<void> {
  const { parentPath, path } = deletion.place;
  const text = formatPath(decodePath(joinPaths(parentPath, path)));
  deletion.report.recordFailure({ component, path: text, error });
  const context = {
    environment: run.environmentName,
    component,
    path: text,
    parentPath: formatPath(decodePath(parentPath)),
    mountKind: "delete" as const,
  };
  // Nobody holds a handle of a deletion, so what the outermost handler throws has nowhere to go: the failure is on record.
  await handleException(run.handlers, error, context).catch(() => {});
}

function* listBelow(run: Run, { id, place, report: counted }: Deletion, after?: Uint8Array): Iterable<Deletion> {
  const below = { ancestors: [...place.ancestors, id], parentPath: joinPaths(place.parentPath, place.path) };
  for (const { path, row } of run.rows.children(id, after)) {
    yield { id: row.id, row, place: { ...below, path }, report: counted };
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

const MOUNT_TARGET_BYTES = encodeKey(MOUNT_TARGET);

function isMountTarget(path: Uint8Array): boolean {
  return Buffer.compare(path.subarray(0, MOUNT_TARGET_BYTES.length), MOUNT_TARGET_BYTES) === 0;
}
