import { deleteComponent } from "../engine/execution/deletion.ts";
import { removeGivenUp } from "../engine/execution/remove-given-up.ts";
import { countOutside } from "../engine/targets/give-up.ts";
import { ROOT_ID } from "../engine/records/row.ts";
import { removeApp } from "../engine/records/app-list.ts";
import type { Run } from "../engine/run/run.ts";
import { TidemarkError } from "../errors.ts";
import type { StateChange } from "../state/store.ts";
import { storedApps } from "../engine/records/stored-apps.ts";
import type { EnvironmentState } from "./environment-state.ts";

/** Rows are removed this many at a time. */
const CHUNK = 1000;

/**
 * Deletes every component of an app with what it has outside, then the app's record.
 *
 * @throws TidemarkError `TARGET_MOVED` for target states outside of the root of a store that was moved, before anything is deleted;
 *   `DROP_INCOMPLETE` when something could not be deleted: it stays on record, to be dropped again
 */
export async function dropApp(run: Run, state: EnvironmentState, name: string): Promise<void> {
  if (!run.project.isConfirmed) requireNothingOutside(run, name);
  await removeGivenUp(run, "moved");
  if (run.report.failures().length > 0) throw incompleteError(run, name);
  const root = run.rows.child(ROOT_ID, new Uint8Array());
  if (root !== undefined) {
    const place = { path: new Uint8Array(), ancestors: [], parentPath: new Uint8Array() };
    const isGone = await deleteComponent(run, { id: ROOT_ID, row: root, place, report: run.report });
    if (!isGone) throw incompleteError(run, name);
  }
  run.throwIfAborted();
  await forget(run, name);
  state.removeApp(name);
}

/** Refuses the drop in a moved store, in which only states below the root are known to be the project's own. */
function requireNothingOutside(run: Run, name: string): void {
  const count = countOutside(run.rows, run.project.root);
  if (count === 0) return;
  throw new TidemarkError(
    "TARGET_MOVED",
    `Cannot drop app "${name}": the store was moved, and ${count} target states outside of ${run.project.root} may belong to ` +
      "another project; confirm the new place with `tidemark drop --adopt` or `drop({ adopt: true })`",
    { facts: { app: name, count, root: run.project.root } },
  );
}

async function forget(run: Run, name: string): Promise<void> {
  let changes: StateChange[] = [];
  for (const removal of run.rows.removeAll()) {
    changes.push(removal);
    if (changes.length < CHUNK) continue;
    await run.rows.write(changes);
    changes = [];
  }
  await run.rows.write([...changes, removeApp(name)]);
  storedApps(run.rows.store).forget();
}

function incompleteError(run: Run, name: string): TidemarkError {
  const [failure] = run.report.failures();
  const reason =
    failure === undefined
      ? `${run.numDoubtful} target states were removed that calls of \`apply\` abandoned by an aborted run may bring back`
      : `${run.report.stats().total.numErrors} components could not be deleted`;
  return new TidemarkError(
    "DROP_INCOMPLETE",
    `Cannot drop app "${name}": ${reason}; they stay on record, so that a further drop tries again`,
    { cause: failure?.error, facts: { app: name } },
  );
}
