import type { Report } from "../../progress/report.ts";
import type { Component } from "../run/component.ts";
import { deleteContainers, type ContainerDeletions } from "./container-deletion.ts";
import { deleteAll, deleteTree } from "./deletion.ts";
import type { Deletion } from "./delete-own.ts";
import type { ItemsPlace } from "../run/items-place.ts";
import { ROOT_ID } from "../records/row.ts";
import type { ChildrenOptions } from "../records/app-rows.ts";
import type { Run } from "../run/run.ts";

/** Whether a component has children on record that were not mounted in this run. */
export function hasVanished(component: Component): boolean {
  if (component.hasFoundAll) return false;
  const [first] = vanished(component);
  return first !== undefined;
}

/** Whether children may have vanished that would be counted in `report`: those that nothing has mounted again so far. */
export function mayCountDeletes(component: Component, report: Report): boolean {
  if (component.hasFoundAll) return false;
  if (component.body.children.hasLost && counts(report, vanished(component))) return true;
  // A run may have a thousand groups, and looks here at the end of each: only at the report's own places, and not where a later
  // one at the same path counts what has vanished.
  const places = component.body.places.filter((place) => place.report === report);
  return places.some((place) => {
    const { path } = place;
    if (component.body.places.findLast((other) => Buffer.compare(other.path, path) === 0) !== place) return false;
    return counts(report, vanished(component, { within: path }));
  });
}

function counts(report: Report, deletions: Iterable<Deletion>): boolean {
  for (const deletion of deletions) if (deletion.report === report) return true;
  return false;
}

/** Deletes the children that were not mounted in this run. What could not be deleted is tried again by the next run. */
export async function sweep(component: Component): Promise<void> {
  await deleteAll(component.run, (after) => vanished(component, { after }));
}

/** Retries the deletions that are pending, of this run or an earlier one, except of components that are mounted again; containers come last. */
export async function retryDeletions(run: Run): Promise<void> {
  const containers: ContainerDeletions = new Map();
  const pending = [...run.rows.pendingDeletions()];
  for (const { id, row: place } of pending) {
    run.throwIfAborted();
    // Not known before the loop: the deletion of a component above has attempted it as well.
    if (run.mounted.hasDeleteAttempt(id)) continue;
    const row = run.rows.child(place.ancestors.at(-1) ?? ROOT_ID, place.path);
    if (row?.id !== id || run.mounted.has(id)) {
      await run.rows.write([run.rows.removePendingDeletion(id)]);
    } else {
      const handlers = run.mounted.deletionHandlers(id, place.ancestors);
      await deleteTree(run, { id, row, place, report: run.report, handlers }, containers);
    }
  }
  await deleteContainers(run, containers);
}

/** The children that were not mounted in this run, and are not there only because a listing has failed. */
export function* vanished(
  component: Component,
  range: Pick<ChildrenOptions, "after" | "within"> = {},
): Iterable<Deletion> {
  const { ancestors, encodedPath, id, run } = component;
  const below = { ancestors: [...ancestors, id], parentPath: encodedPath };
  for (const { path, row } of run.rows.children(id, { ...range, except: run.mounted })) {
    const owner = ownerOf(component, path, row.id);
    if (owner !== undefined) yield { id: row.id, row, place: { ...below, path }, ...owner };
  }
}

/**
 * The report that counts a vanished child, and the handlers of a failure to delete it; `undefined` when the child may only seem to
 * have vanished, because a listing has failed.
 */
function ownerOf(
  component: Component,
  path: Uint8Array,
  id: number,
): Pick<Deletion, "report" | "handlers" | "isCounted"> | undefined {
  const places = component.body.places.filter(
    (place) => Buffer.compare(path.subarray(0, place.path.length), place.path) === 0,
  );
  if (places.some(({ isComplete }) => !isComplete)) return undefined;
  const lost = component.run.mounted.lost(id);
  if (lost !== undefined) return lost;
  // Of places inside each other the innermost one would have mounted it; of equal ones, the latest.
  const place = places.reduce<ItemsPlace | undefined>(
    (best, other) => (best === undefined || other.path.length >= best.path.length ? other : best),
    undefined,
  );
  const { report, handlers } = place ?? { report: component.report, handlers: component.mounting.handlers };
  return { report, handlers };
}
