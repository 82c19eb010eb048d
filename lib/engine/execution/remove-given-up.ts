import { decodeKey, decodePath } from "../../state/stable-key.ts";
import type { GivenUpRow, GiveUpReason } from "../records/row.ts";
import type { Run } from "../run/run.ts";
import { checkDecision } from "../targets/check-answers.ts";
import { otherOwners } from "../targets/state-owners.ts";
import { hasContent } from "../records/has-content.ts";
import { reportFailure } from "./delete-own.ts";

/**
 * Removes the target states of an app that were given up for a reason, and that no component owns; the content of a container goes before
 * the container. Failures are reported, and their rows are kept. Returns the number of removed states.
 *
 * Nothing is removed in a store that was moved and is not confirmed. Call after the components of a run have ended: a state that one of them has declared is not given up any
 * more.
 */
export async function removeGivenUp(run: Run, reason: GiveUpReason): Promise<number> {
  const { project, rows } = run;
  if (!project.isConfirmed) return 0;
  const depth = ({ item }: GivenUpRow): number =>
    decodePath(rows.providerPath(item.providerId) ?? new Uint8Array()).length;
  const byDepth = Map.groupBy(
    [...rows.states.allGivenUp()].filter((row) => row.reason === reason),
    depth,
  );
  let count = 0;
  for (const level of [...byDepth.keys()].toSorted((one, other) => other - one)) {
    run.throwIfAborted();
    const removed = await Promise.all(byDepth.get(level)!.map((row) => attempt(run, row)));
    count += removed.filter((isRemoved) => isRemoved).length;
  }
  return count;
}

async function attempt(run: Run, row: GivenUpRow): Promise<boolean> {
  const { item, name, path } = row;
  // A container stays for as long as a component owns something in it.
  if (hasContent(run.rows, item)) return false;
  try {
    const isOurs = await remove(run, row);
    await run.rows.write([run.rows.states.removeGivenUp(item.providerId, item.key)]);
    return isOurs;
  } catch (error) {
    const cell = run.report.cell(name);
    cell.start();
    cell.finish("errors");
    await reportFailure(run, run.report, { component: name, path, parentPath: path, error });
    return false;
  }
}

/** Removes a state through its handler; returns `false` when another owner has it, or when it goes with its container. */
async function remove(run: Run, { item }: GivenUpRow): Promise<boolean> {
  const { project, providers, rows } = run;
  if (rows.owner(item.providerId, item.key) !== undefined) return false;
  const provider = providers.resolve(item.providerId);
  if (provider === undefined) return false;
  const { handler, path, queue } = provider;
  const key = decodeKey(item.key);
  const [other] = otherOwners(rows, provider, key);
  if (other !== undefined) return false;
  const change = {
    key,
    desired: undefined,
    previous: item.states.filter((state) => state !== null).map(([record]) => record),
    mayBeMissing: item.states.includes(null),
    root: project.root,
  };
  const decision = checkDecision([...path, key], handler.reconcile(change), false);
  if (decision === undefined) return true;
  await queue.submit({ path, handler, actions: [{ action: decision.action, key: item.key, isRemoval: true }] });
  return true;
}
