import { describeUnstorable } from "../../state/codec.ts";
import type { StateChange } from "../../state/store.ts";
import type { Component } from "../run/component.ts";
import { completeStates, requireStorable } from "../memo/memo-check.ts";
import { disown, giveUpAll, planComponent, withoutDoubtful, type Plan } from "./plan.ts";
import { ROW_FORMAT } from "../records/row-envelope.ts";
import { isSameTracking } from "../records/tracking-row.ts";
import type { MemoRow, TrackedItem, TrackingRow } from "../records/row.ts";
import { applyPlan, type AppliedPlan } from "./apply-plan.ts";
import { requireFewDeletes } from "./require-few-deletes.ts";
import { hasVanished, sweep } from "./sweep.ts";

/**
 * Brings about what a component declared, in two phases: what may be outside is put on record, the actions are applied, the result is
 * committed. Then the children that vanished are deleted, and the memo is stored. `value` is what the function returned.
 *
 * Gives how the success counts: an add unless the path was known.
 */
export async function submit(component: Component, value: unknown): Promise<"adds" | "reprocesses"> {
  const { run } = component;
  // Its function may have caught the failure of a listing. Neither it nor those above may be skipped before one is complete.
  if (component.body.places.some(({ isComplete }) => !isComplete)) component.hasFailedChild = true;
  const memo = createMemo(component, value);
  await requireFewDeletes(component);
  const plan = planComponent(component);
  run.mounted.noteDeclared(component.id);
  await preCommit(component, plan);
  const applied = await applyPlan(run, plan);
  const hasDoubt = applied.doubtful.length > 0;
  // A later run has to write the doubtful states again, so neither it nor those above may be skipped then.
  if (hasDoubt) component.hasFailedChild = true;
  const isSweeping = hasVanished(component);
  if (isSweeping) run.write(voidMemosAbove(component));
  await commit(component, plan, applied, isSweeping || hasDoubt ? undefined : memo);
  if (isSweeping) {
    await sweep(component);
    if (memo !== undefined && !hasDoubt) await run.rows.write(component.recordChanges({ memo }));
  }
  // What it lost to another is made up for.
  run.mounted.noteRestored(component.id);
  return plan.before === undefined ? "adds" : "reprocesses";
}

/**
 * Puts on record what may be outside while the actions are applied. Its memo is void from then on, and so are the answers of calls
 * that were not used: they vouch for target states that are not sure any more.
 */
async function preCommit(component: Component, plan: Plan): Promise<void> {
  if (plan.actions.length === 0 && plan.claims.length === 0) return;
  const { rows, unflushed } = component.run;
  const items = [...plan.kept, ...plan.givenUp, ...plan.actions.map((action) => action.during)];
  const beginning = unflushed.begin(items);
  await rows.write([
    ...beginning,
    ...component.recordChanges({ memo: null }),
    ...voidMemosAbove(component),
    rows.putTracking(component.id, trackingRow(component, items)),
    ...outdatedCalls(component),
    ...plan.claims,
  ]);
  unflushed.noteBegun(beginning);
}

/** While something below is not sure, those above are not to be skipped, even if they become again as they were before. */
function voidMemosAbove({ parent }: Component): StateChange[] {
  if (parent === undefined) return [];
  const changes = parent.row?.memo === null ? [] : parent.recordChanges({ memo: null });
  return [...changes, ...voidMemosAbove(parent)];
}

async function commit(
  component: Component,
  plan: Plan,
  { doubtful, items }: AppliedPlan,
  memo: MemoRow | undefined,
): Promise<void> {
  const changes = [
    ...trackingChanges(component, plan, [...plan.kept, ...items]),
    ...giveUpAll(component.run, component.id, plan, { name: component.info.name, path: component.encodedPath }),
    ...disown(component.run, component.id, [...withoutDoubtful(plan.disowned, doubtful), ...plan.released]),
    ...outdatedCalls(component),
    ...component.calls.changes,
    ...component.recordChanges({ memo: memo ?? null, hasCalls: component.calls.size > 0 }),
  ];
  if (changes.length > 0) await component.run.rows.write(changes);
}

function trackingRow(component: Component, items: readonly TrackedItem[]): TrackingRow {
  return { name: component.info.name, ancestors: component.ancestors, path: component.encodedPath, items };
}

function trackingChanges(component: Component, plan: Plan, items: readonly TrackedItem[]): StateChange[] {
  const { rows } = component.run;
  const row = trackingRow(component, items);
  const isSame = plan.before !== undefined && plan.actions.length === 0 && isSameTracking(row, plan.before);
  return isSame ? [] : [rows.putTracking(component.id, row)];
}

/** Removes the stored answers that were not asked for in this run, or are not the answer any more. */
function outdatedCalls({ calls, id, row, run }: Component): StateChange[] {
  if (row?.hasCalls !== true) return [];
  return run.rows.removeCalls(id, (fingerprint) => calls.isCurrent(fingerprint));
}

function createMemo(component: Component, value: unknown): MemoRow | undefined {
  const { info, memoBasis, mounting } = component;
  if (!info.isMemoized || component.hasFailedChild || component.hasLiveParts) return undefined;
  // The value of a mounted component is unused; that of a used one must be restored exactly.
  if (mounting.kind === "useMount") requireStorable(info.name, value);
  if (memoBasis === undefined) return undefined;
  return {
    format: ROW_FORMAT,
    fingerprint: memoBasis.call.fingerprint,
    dependencies: component.body.dependencies.toString(),
    states: completeStates(memoBasis),
    value: describeUnstorable(value) === undefined ? [value] : [],
  };
}
