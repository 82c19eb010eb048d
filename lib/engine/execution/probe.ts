import type { Cell } from "../../progress/cell.ts";
import type { Component } from "../run/component.ts";
import { validMemo, type MemoReading } from "../memo/valid-memo.ts";
import { askStates, checkStates, withStates, type StatesCheck } from "../memo/memo-check.ts";
import type { MemoRow } from "../records/row.ts";
import type { Mounting } from "../run/mounting.ts";
import type { Run } from "../run/run.ts";

/** The end of a component that could be answered from its memo at once. */
export interface Hit {
  readonly value: unknown;
}

/** The hit of a component that is mounted; its value is unused. */
const NO_VALUE: Hit = { value: undefined };

/**
 * Answers a component from its memo if it is valid: at once, or as a promise when an argument needs time to be compared.
 * `undefined` means that it has to be executed. Its arguments are compared and asked for their states in either case: before the
 * function runs, which may change them.
 *
 * @throws TypeError for an argument that cannot be compared
 */
export function probe(component: Component): Hit | undefined | Promise<Hit | undefined> {
  if (!component.info.isMemoized) return undefined;
  const { call } = component;
  const stored = findMemo(component);
  const memo = stored === undefined ? undefined : validMemo(stored, call, readingOf(component));
  if (memo === undefined) return miss(component, askStates(call.stateful));
  const check = component.asked?.check ?? checkStates(call.stateful, memo.states);
  const isUpgraded = memo !== stored;
  if (check instanceof Promise) return check.then((checked) => takeHit(component, memo, checked, isUpgraded));
  return takeHit(component, memo, check, isUpgraded);
}

function readingOf(component: Component): MemoReading {
  const { holds, translate } = component.run;
  return { holds, translate, formatOneCall: () => component.formatOneCall() };
}

/** Notes the states that the memo of the coming execution is stored with. */
function miss(
  component: Component,
  states: readonly unknown[] | Promise<readonly unknown[]>,
): undefined | Promise<undefined> {
  if (states instanceof Promise) return states.then((settled) => miss(component, settled) as undefined);
  component.memoBasis = { call: component.call, states };
  return undefined;
}

/** Finds the stored memo of a component, valid or not; `undefined` when it must not be used. */
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

function takeHit(component: Component, memo: MemoRow, check: StatesCheck, isUpgraded: boolean): Hit | undefined {
  const { cell, id, mounting, parent, run } = component;
  if (!isAnswered(run, id, check)) {
    component.memoBasis = { call: component.call, states: check.states };
    return undefined;
  }
  countHit(parent, run, { id, cell, memo, mounting });
  if (check.hasChanged || isUpgraded) {
    run.write(component.recordChanges({ memo: withStates(memo, check.states) }));
  }
  return mounting.kind === "useMount" ? { value: memo.value[0] } : NO_VALUE;
}
