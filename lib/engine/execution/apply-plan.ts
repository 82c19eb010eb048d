import { decodeKey } from "../../state/stable-key.ts";
import { findItem } from "../records/tracked-item.ts";
import type { ContainerGeneration, TrackedItem } from "../records/row.ts";
import type { Run } from "../run/run.ts";
import { abandonedApplies } from "../targets/abandoned-applies.ts";
import { isContainerHandler } from "../targets/container-handler.ts";
import type { Provider } from "../targets/providers.ts";
import { otherOwners } from "../targets/state-owners.ts";
import type { ContainerState } from "../targets/target-handler.ts";
import type { Plan, PlannedAction } from "./plan.ts";

/** The records of the states that a plan's actions were applied to. */
export interface AppliedPlan {
  /** The states that are outside, or may be, after the actions. */
  readonly items: readonly TrackedItem[];
  /** The items that are uncertain, because an abandoned call of `apply` may yet change their states. */
  readonly doubtful: readonly TrackedItem[];
}

interface AppliedAction {
  readonly item: TrackedItem | undefined;
  readonly isDoubtful: boolean;
}

const NOTHING: AppliedPlan = Object.freeze({ items: Object.freeze([]), doubtful: Object.freeze([]) });

/** Applies a plan's actions. Rejects when every action has ended, or is abandoned after an abort. */
export async function applyPlan(run: Run, { actions }: Plan): Promise<AppliedPlan> {
  if (actions.length === 0) return NOTHING;
  const byProvider = Map.groupBy(actions, (action) => action.provider);
  const removals = actions.filter(({ isRemoval }) => isRemoval);
  const isMixed = byProvider.size > 1 && removals.length > 0 && removals.length < actions.length;
  if (!isMixed) return collect(run, await applyGroups(run, byProvider));
  // A removal in one target may make room for what is written to another.
  const removed = await applyGroups(
    run,
    Map.groupBy(removals, (action) => action.provider),
  );
  const others = actions.filter(({ isRemoval }) => !isRemoval);
  const written = await applyGroups(
    run,
    Map.groupBy(others, (action) => action.provider),
  );
  return collect(run, [...removed, ...written]);
}

async function applyGroups(
  run: Run,
  groups: ReadonlyMap<Provider, readonly PlannedAction[]>,
): Promise<readonly AppliedAction[]> {
  const [only] = groups;
  if (groups.size === 1) return applyGroup(run, ...only!);
  // All are waited for, also when one fails: none may be at work when the component has ended.
  const outcomes = await Promise.allSettled(
    [...groups].map(([provider, planned]) => applyGroup(run, provider, planned)),
  );
  return outcomes.flatMap((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

async function applyGroup(
  run: Run,
  provider: Provider,
  planned: readonly PlannedAction[],
): Promise<readonly AppliedAction[]> {
  const { handler, path, queue } = provider;
  // Asked before: a call that ends while the actions are applied may have written after them.
  const doubtful = planned.filter(({ during }) => abandonedApplies.has({ provider, key: during.key }));
  const actions = planned.map(({ action, during, isRemoval }) => ({ action, isRemoval, key: during.key }));
  const states = await queue.submit({ path, handler, actions });
  return planned.map((each, index) => {
    const item = itemAfter(run, each, states[index]);
    if (!doubtful.includes(each)) return { item, isDoubtful: false };
    return { item: { ...(item ?? each.during), states: each.during.states }, isDoubtful: true };
  });
}

function collect(run: Run, applied: readonly AppliedAction[]): AppliedPlan {
  const items: TrackedItem[] = [];
  const doubtful: TrackedItem[] = [];
  for (const { isDoubtful, item } of applied) {
    if (item !== undefined) items.push(item);
    if (isDoubtful && item !== undefined) doubtful.push(item);
  }
  if (doubtful.length > 0) run.noteDoubtful(doubtful.length);
  return { items, doubtful };
}

function itemAfter(run: Run, planned: PlannedAction, state: ContainerState | undefined): TrackedItem | undefined {
  const { after, during, opens, provider } = planned;
  if (after === undefined && isContainerHandler(provider.handler)) {
    run.providers.closeContainer(provider, decodeKey(during.key));
  }
  if (after === undefined || opens === undefined) return after;
  if (state !== "kept" || (planned.hadRecords && planned.wasUncertain)) noteLossOfOthers(run, planned);
  const item = { ...after, inside: nextGeneration(run, planned, state) };
  run.providers.openContainer(provider, opens.key, opens.value, item);
  return item;
}

/** Has the other apps that share a container write everything in it again in their next runs: it may have been lost with the container. */
function noteLossOfOthers(run: Run, { during, provider }: PlannedAction): void {
  for (const { app, id, key, providerId } of otherOwners(run.rows, provider, decodeKey(during.key))) {
    const row = app.rows.tracking(id);
    const lost = row && findItem(row, { key, providerId });
    if (row === undefined || lost === undefined || lost.inside === null) continue;
    const generation = app.rows.sequence();
    const inside = { ...lost.inside, generation };
    const items = row.items.map((item) => (item === lost ? { ...item, inside } : item));
    run.write([app.rows.putSequence(generation + 1), app.rows.putTracking(id, { ...row, items })]);
  }
}

function nextGeneration(run: Run, planned: PlannedAction, state: ContainerState | undefined): ContainerGeneration {
  const before = planned.after?.inside;
  if (before === null || before === undefined || state === "recreated") {
    const generation = run.ids.next();
    return { generation, recreatedAt: generation };
  }
  if (state === "kept" && !planned.wasUncertain) return before;
  return { generation: run.ids.next(), recreatedAt: before.recreatedAt };
}
