import { THROWN_VALUES } from "../thrown-values.ts";
import type { Fault, FaultAct } from "./fault.ts";

/** Creates an error with a code, as the operating system and SQLite give; those of the system have the name of the call as well. */
function createFailure(code: string, step: string): Error {
  const [, call] = /^fs\.(?:promises\.)?(\w+?)(?:Sync)?(?: done)?$/.exec(step) ?? [];
  return Object.assign(new Error(`${code}: planned, ${step}`), {
    code,
    ...(call === undefined ? {} : { syscall: call }),
  });
}

/** Carries out a fault that is not one of the step at which it happens. */
export type PerformFault = (act: FaultAct) => void;

/** Counts the steps of a run by name, and has the faults of the run happen. */
export class FaultSteps {
  readonly #armed: Map<string, Map<number, Fault[]>>;
  readonly #perform: PerformFault;
  readonly #onFault: (fault: Fault) => void;
  readonly counts: Record<string, number> = {};
  #isOver = false;

  constructor(faults: readonly Fault[], perform: PerformFault, onFault: (fault: Fault) => void) {
    this.#armed = new Map(
      [...Map.groupBy(faults, ({ at }) => at)].map(([at, ofStep]) => [at, Map.groupBy(ofStep, ({ nth }) => nth)]),
    );
    this.#perform = perform;
    this.#onFault = onFault;
  }

  /** Ends the faults: later calls of the process are not part of the run. */
  end(): void {
    this.#isOver = true;
  }

  /** A synchronous step. Throws when a fault of the step says so. */
  pass(step: string): void {
    for (const { act } of this.#due(step)) {
      if (act.do === "throw" || act.do === "reject") throw THROWN_VALUES[act.value]();
      if (act.do === "fail") throw createFailure(act.code, step);
    }
  }

  /** An asynchronous step, which can hang as well. */
  async reach(step: string): Promise<void> {
    for (const { act } of this.#due(step)) {
      if (act.do === "throw") throw THROWN_VALUES[act.value]();
      if (act.do === "reject") await Promise.reject(THROWN_VALUES[act.value]());
      if (act.do === "fail") throw createFailure(act.code, step);
      if (act.do === "hang") await new Promise(() => {});
    }
    await Promise.resolve();
  }

  #due(step: string): readonly Fault[] {
    if (this.#isOver) return [];
    const nth = (this.counts[step] ?? 0) + 1;
    this.counts[step] = nth;
    const due = this.#armed.get(step)?.get(nth) ?? [];
    for (const fault of due) this.#begin(fault);
    return due;
  }

  #begin(fault: Fault): void {
    const { act, turns } = fault;
    const isOfStep = ["throw", "reject", "fail"].includes(act.do);
    const go = (left: number): void => {
      if (this.#isOver) return;
      if (left > 0) return void setImmediate(go, left - 1);
      this.#onFault(fault);
      if (!isOfStep) this.#perform(act);
    };
    go(isOfStep ? 0 : turns);
  }
}
