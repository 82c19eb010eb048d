import { decodeKey } from "../../state/stable-key.ts";
import { findItem } from "../records/tracked-item.ts";
import type { ContainerGeneration, TrackedItem } from "../records/row.ts";
import type { Run } from "../run/run.ts";
import { isContainerHandler } from "../targets/container-handler.ts";
import type { Provider } from "../targets/providers.ts";
import { otherOwners } from "../targets/state-owners.ts";
import type { ContainerState } from "../targets/target-handler.ts";
import type { Plan, PlannedAction } from "./plan.ts";

/** Applies a plan's actions; gives the items that are outside afterwards. */
export async function applyPlan(run: Run, { actions }: Plan): Promise<TrackedItem[]> {
  if (actions.length === 0) return [];
  const byProvider = Map.groupBy(actions, (action) => action.provider);
  const removals = actions.filter(({ isRemoval }) => isRemoval);
  const isMixed = byProvider.size > 1 && removals.length > 0 && removals.length < actions.length;
  if (!isMixed) return applyGroups(run, byProvider);
  // A removal in one target may make room for what is written to another.
  await applyGroups(
    run,
    Map.groupBy(removals, (action) => action.provider),
  );
  const others = actions.filter(({ isRemoval }) => !isRemoval);
  return applyGroups(
    run,
    Map.groupBy(others, (action) => action.provider),
  );
}

async function applyGroups(run: Run, groups: ReadonlyMap<Provider, PlannedAction[]>): Promise<TrackedItem[]> {
  const applied = await Promise.all(
    [...groups].map(async ([provider, planned]) => {
      const { handler, path, queue } = provider;
      const actions = planned.map(({ action, during, isRemoval }) => ({ action, isRemoval, key: during.key }));
      const states = await queue.submit({ path, handler, actions });
      return planned.map((each, index) => itemAfter(run, each, states[index]));
    }),
  );
  return applied.flat().filter((item) => item !== undefined);
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
