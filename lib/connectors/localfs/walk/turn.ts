import { setImmediate as nextTurn } from "node:timers/promises";

/** So long may synchronous work keep others from running. */
const MAX_TURN_MS = 5;

/** The turn of work that consists of many short synchronous steps. */
export class Turn {
  #endMs = performance.now() + MAX_TURN_MS;

  /** Whether it is time to let others run. */
  get isOver(): boolean {
    return performance.now() > this.#endMs;
  }

  /** Lets others run, and begins the next turn. */
  async pass(): Promise<void> {
    await nextTurn();
    this.#endMs = performance.now() + MAX_TURN_MS;
  }
}
