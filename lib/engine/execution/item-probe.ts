import type { Cell } from "../../progress/cell.ts";
import type { Component } from "../run/component.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { checkStates, matchesMemo, type Asked } from "../memo/memo-check.ts";
import type { SharedArguments } from "../memo/shared-arguments.ts";
import type { Mounting } from "../run/mounting.ts";
import { countHit, findMemo, isAnswered } from "./probe.ts";
import type { ChildRow } from "../records/row.ts";

/**
 * Answers items of one `mountEach` from their memos. Most items of most runs are unchanged, so no component is made for those that can
 * be answered at once.
 */
export class ItemProbe {
  readonly #parent: Component;
  readonly #info: FunctionInfo;
  readonly #mounting: Mounting;
  readonly #shared: SharedArguments | undefined;
  #cell: Cell | undefined;

  constructor(parent: Component, info: FunctionInfo, mounting: Mounting, shared: SharedArguments | undefined) {
    this.#parent = parent;
    this.#info = info;
    this.#mounting = mounting;
    this.#shared = shared;
  }

  /** `"hit"` for an item that is unchanged, and counted as that; else what is known to the component that is to be made for it. */
  ask(place: { readonly id: number; readonly row: ChildRow | undefined }, item: unknown): "hit" | Asked | undefined {
    try {
      return this.#ask(place.id, place.row, item);
    } catch {
      // The component meets it again, and fails with it.
      return undefined;
    }
  }

  #ask(id: number, row: ChildRow | undefined, item: unknown): "hit" | Asked | undefined {
    const { run } = this.#parent;
    const memo = findMemo({ id, row, run, info: this.#info, mounting: this.#mounting });
    // What waits for a slot is asked when it has one; what comes back after its deletion has more to do.
    if (memo === undefined || !run.slots.hasFree || run.mounted.hasDeleteAttempt(id)) return undefined;
    const call = this.#shared!.fingerprint(item);
    if (memo.format === 1 || !matchesMemo(memo, call, run.holds)) return { call, check: undefined };
    const check = checkStates(call.stateful, memo.states);
    if (check instanceof Promise || check.hasChanged || !isAnswered(run, id, check)) return { call, check };
    this.#cell ??= (this.#mounting.group?.report ?? this.#parent.report).cell(this.#info.name);
    countHit(this.#parent, run, { id, cell: this.#cell, memo, mounting: this.#mounting });
    this.#parent.body.noteMount();
    this.#parent.giveUpSlot();
    return "hit";
  }
}
