import type { Clock } from "../../time/clock.ts";
import { pause } from "../../time/pause.ts";
import { systemClock } from "../../time/system-clock.ts";
import type { LiveComponentOperator } from "./live-component.ts";

const clocks = new WeakMap<LiveComponentOperator, Clock>();

/** Has pauses of an operator wait on the clock of its run. */
export function setClock(operator: LiveComponentOperator, clock: Clock): void {
  clocks.set(operator, clock);
}

/** Waits on the clock of the operator's run; rejects with the reason of the operator's signal when that is aborted. */
export function pauseOperator(operator: LiveComponentOperator, ms: number): Promise<void> {
  return pause(ms, { clock: clocks.get(operator) ?? systemClock, signal: operator.signal });
}
