import { decodePath, encodeKey, joinPaths } from "../../state/stable-key.ts";
import { withoutMemo } from "../records/child-row.ts";
import { ROOT_ID } from "../records/row.ts";
import type { Run } from "../run/run.ts";
import { MOUNT_TARGET } from "../targets/providers.ts";
import { deleteContainers, type ContainerDeletions } from "./container-deletion.ts";
import { deleteOwn, remember, type Deletion } from "./delete-own.ts";

/** This many components are looked at, and deleted, at a time. */
const CHUNK = 2000;

/** Lists deletions in the order of their paths; with `after`, only deletions at later paths. */
export type DeletionList = (after?: Uint8Array) => Iterable<Deletion>;

/**
 * Deletes listed components with everything below them. The containers among all of these come last, because any other component may
 * have target states in them, and the inner containers before the outer ones. Returns whether all is gone; failures were reported, and
 * the next run tries again.
 */
export async function deleteAll(run: Run, list: DeletionList): Promise<boolean> {
  const containers: ContainerDeletions = new Map();
  const isAllGone = await deleteList(run, list, containers);
  return (await deleteContainers(run, containers)) && isAllGone;
}

/** Deletes one component with everything below it; see {@link deleteAll}. */
export function deleteComponent(run: Run, deletion: Deletion): Promise<boolean> {
  return deleteAll(run, (after) => (after === undefined ? [deletion] : []));
}

/**
 * Deletes one component with everything below it, containers excepted: they are recorded as pending, and added to `containers` for
 * {@link deleteContainers}. Returns whether all else is gone.
 */
export async function deleteTree(run: Run, deletion: Deletion, containers: ContainerDeletions): Promise<boolean> {
  const { id, place, row } = deletion;
  const level = containerLevel(place.path);
  if (level > 0) {
    containers.set(id, { ...deletion, level });
    // Written before the components above are removed: a container is then found again by this alone.
    run.write([run.rows.putPendingDeletion(id, place)]);
    return true;
  }
  run.mounted.noteDeleteAttempt(id);
  voidMemo(run, deletion);
  const isEmpty = !row.hasChildren || (await deleteList(run, (after) => listBelow(run, deletion, after), containers));
  if (isEmpty) return deleteOwn(run, deletion);
  await remember(run, deletion);
  return false;
}

async function deleteList(run: Run, list: DeletionList, containers: ContainerDeletions): Promise<boolean> {
  let isAllGone = true;
  let chunk = takeChunk(list());
  while (chunk.length > 0) {
    run.throwIfAborted();
    // All are waited for, also when one is given up because the run is aborted: the others may be writing.
    const gone = await Promise.allSettled(chunk.map((deletion) => deleteTree(run, deletion, containers)));
    for (const outcome of gone) {
      if (outcome.status === "rejected") throw outcome.reason;
      isAllGone &&= outcome.value;
    }
    chunk = takeChunk(list(chunk.at(-1)!.place.path));
  }
  return isAllGone;
}

/** Voids a memo: a component that is mounted again after its deletion has failed must not be skipped, since children may be gone. */
function voidMemo(run: Run, { row, place }: Deletion): void {
  const { rows } = run;
  if (!row.hasChildren || row.memo === null) return;
  run.write([rows.putChild(place.ancestors.at(-1) ?? ROOT_ID, place.path, withoutMemo(row))]);
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
export function containerLevel(path: Uint8Array): number {
  if (!Buffer.from(path.buffer, path.byteOffset, path.length).includes(MOUNT_TARGET_BYTES)) return 0;
  const [place, target] = decodePath(path).slice(-2);
  const isMounted = place !== undefined && Buffer.compare(encodeKey(place), MOUNT_TARGET_BYTES) === 0;
  return isMounted && Array.isArray(target) ? target.length - 1 : 0;
}
