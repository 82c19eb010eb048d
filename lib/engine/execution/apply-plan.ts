import { decodeKey } from "../../state/stable-key.ts";
import type { Plan, PlannedAction } from "./plan.ts";
import { isContainerHandler } from "../targets/container-handler.ts";
import type { ContainerGeneration, TrackedItem } from "../records/row.ts";
import type { Run } from "../run/run.ts";
import type { ContainerState } from "../targets/target-handler.ts";

/** Applies a plan's actions; gives the items that are outside afterwards. */
export async function applyPlan(run: Run, plan: Plan): Promise<TrackedItem[]> {
  if (plan.actions.length === 0) return [];
  const byProvider = Map.groupBy(plan.actions, (action) => action.provider);
  const applied = await Promise.all(
    [...byProvider].map(async ([provider, actions]) => {
      const states = await provider.queue.submit(
        provider.handler,
        actions.map((planned) => planned.action),
      );
      return actions.map((planned, index) => itemAfter(run, planned, states[index]));
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
  const item = { ...after, inside: nextGeneration(run, planned, state) };
  run.providers.openContainer(provider, opens.key, opens.value, item);
  return item;
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
