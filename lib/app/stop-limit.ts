import type { Run } from "../engine/run/run.ts";

/** The time that work in progress has to finish after the stop of a live run that has caught up, in milliseconds. */
const STOP_LIMIT_MS = 3000;

/**
 * Stops a live run. Once the run has caught up, operations in progress have {@link STOP_LIMIT_MS} to finish. Later, they are given up as
 * by an abort, and the run still ends with its result. Before a run has caught up, there is no limit.
 */
export class StopLimit implements Disposable {
  readonly #run: Pick<Run, "clock" | "cutShort" | "live">;
  #isStopping = false;
  #hasCaughtUp = false;
  #cancel: (() => void) | undefined;

  constructor(run: Pick<Run, "clock" | "cutShort" | "live">) {
    this.#run = run;
  }

  /** Stops the run. */
  stop(): void {
    this.#isStopping = true;
    this.#run.live.finish();
    this.#schedule();
  }

  /** Notes that the run has caught up. */
  noteCaughtUp(): void {
    this.#hasCaughtUp = true;
    this.#schedule();
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }

  #schedule(): void {
    if (!this.#isStopping || !this.#hasCaughtUp || this.#cancel !== undefined) return;
    this.#cancel = this.#run.clock.schedule(STOP_LIMIT_MS, () => this.#run.cutShort());
  }
}
