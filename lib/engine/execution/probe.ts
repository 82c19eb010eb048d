import type { Cell } from "../../progress/cell.ts";
import type { Component } from "../run/component.ts";
import { checkStates, matchesMemo, withStates, type StatesCheck } from "../memo/memo-check.ts";
import type { MemoRow } from "../records/row.ts";
import type { Mounting } from "../run/mounting.ts";
import type { Run } from "../run/run.ts";

/** The end of a component that could be answered from its memo at once. */
export interface Hit {
  readonly value: unknown;
}

/** That of a component whose value nobody asks for. */
const NO_VALUE: Hit = { value: undefined };

/**
 * Answers a component from its memo if it is valid: at once, or as a promise when an argument needs time to be compared.
 * `undefined` means that it has to be executed.
 */
export function probe(component: Component): Hit | undefined | Promise<Hit | undefined> {
  const memo = findMemo(component);
  if (memo === undefined || !matchesMemo(memo, component.call, component.run.holds)) return undefined;
  const check = component.asked?.check ?? checkStates(component.call.stateful, memo.states);
  if (check instanceof Promise) return check.then((checked) => takeHit(component, memo, checked));
  return takeHit(component, memo, check);
}

/** The memo on record that may answer a component, if it is of the same call and still holds. */
export function findMemo({
  id,
  info,
  mounting,
  row,
  run,
}: Pick<Component, "id" | "info" | "mounting" | "row" | "run">): MemoRow | undefined {
  const memo = row?.memo;
  if (!info.isMemoized || memo === null || memo === undefined || run.isFullReprocess || run.mounted.hasLostTarget(id)) {
    return undefined;
  }
  return mounting.kind === "useMount" && memo.value.length === 0 ? undefined : memo;
}

/** Whether a component may be answered from its memo, its arguments having been asked. */
export function isAnswered(run: Run, id: number, check: StatesCheck): boolean {
  // While its arguments were being compared, another may have taken over a target state of it.
  return check.isValid && !run.isAborted && !run.mounted.hasLostTarget(id);
}

/** Counts that a component below `parent` was answered from its memo. */
export function countHit(
  parent: Component | undefined,
  run: Run,
  hit: { id: number; cell: Cell; memo: MemoRow; mounting: Mounting },
): void {
  hit.cell.hit();
  run.mounted.noteHit(hit.id);
  run.mounted.noteHandlers(hit.id, hit.mounting.handlers);
  if (parent?.hasLiveParts === false) parent.body.dependencies.addChild(hit.memo.dependencies);
}

function takeHit(component: Component, memo: MemoRow, check: StatesCheck): Hit | undefined {
  const { cell, id, mounting, parent, run } = component;
  if (!isAnswered(run, id, check)) return undefined;
  countHit(parent, run, { id, cell, memo, mounting });
  if (check.hasChanged) {
    run.write(component.recordChanges({ memo: withStates(memo, check.states) }));
  }
  return mounting.kind === "useMount" ? { value: memo.value[0] } : NO_VALUE;
}
