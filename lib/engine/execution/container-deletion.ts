import type { TrackingRow } from "../records/row.ts";
import { hasContent } from "../records/has-content.ts";
import { withNothing } from "../records/tracked-item.ts";
import type { AppRows } from "../records/app-rows.ts";
import type { Run } from "../run/run.ts";
import { deleteOwn, remember, type Deletion } from "./delete-own.ts";

/** The deletion of the component of a mounted container. */
export interface ContainerDeletion extends Deletion {
  /** How deep the container stands in others, from 1. */
  readonly level: number;
}

/** The containers that are to be deleted after all that may have target states in them, by the ids of their components. */
export type ContainerDeletions = Map<number, ContainerDeletion>;

/**
 * Deletes containers, the inner ones first. One in which a component still owns target states stays, and its deletion is pending until
 * they are gone: the end of the run, and each later run, tries again. Returns whether all are gone.
 */
export async function deleteContainers(run: Run, containers: ContainerDeletions): Promise<boolean> {
  let isAllGone = true;
  const byLevel = Map.groupBy(containers.values(), ({ level }) => level);
  for (const level of [...byLevel.keys()].toSorted((one, other) => other - one)) {
    run.throwIfAborted();
    // Of containers beside each other, such as the folders `out` and `out/docs`, the later paths may be inside the earlier ones.
    const deletions = byLevel.get(level)!.toSorted((one, other) => Buffer.compare(other.place.path, one.place.path));
    const gone = await Promise.allSettled(deletions.map((deletion) => deleteContainer(run, deletion)));
    for (const outcome of gone) {
      if (outcome.status === "rejected") throw outcome.reason;
      isAllGone &&= outcome.value;
    }
  }
  return isAllGone;
}

async function deleteContainer(run: Run, deletion: ContainerDeletion): Promise<boolean> {
  const { id } = deletion;
  const tracked = run.rows.tracking(id);
  const isEmpty = tracked === undefined || tracked.items.every((item) => !hasContent(run.rows, item));
  if (isEmpty) return deleteOwn(run, deletion);
  run.write(markUncertain(run.rows, id, tracked));
  await remember(run, deletion);
  return false;
}

/** Should the container be mounted again, everything in it is written again, because no run made sure of it in the meantime. */
function markUncertain(rows: AppRows, id: number, tracked: TrackingRow) {
  if (tracked.items.every(({ states }) => states.includes(null))) return [];
  return [rows.putTracking(id, { ...tracked, items: tracked.items.map(withNothing) })];
}
