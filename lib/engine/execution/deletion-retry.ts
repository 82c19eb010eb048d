import { backoffMs, RETRY_BOUNDS } from "../../time/backoff.ts";
import type { Run } from "../run/run.ts";
import { retryDeletions } from "./sweep.ts";

/** Tries again, for as long as a live run lasts, what could not be deleted: what has vanished does not come up again by itself. */
export class DeletionRetry implements Disposable {
  readonly #run: Run;
  #numFailures = 0;
  #isBusy = false;
  #isDisposed = false;
  #cancel: (() => void) | undefined;

  /** Begins with what earlier runs, and this one so far, could not delete. */
  constructor(run: Run) {
    this.#run = run;
    run.onDeletionFailed = () => this.#schedule();
    if (this.#isNeeded) this.#start();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#run.onDeletionFailed = undefined;
    this.#cancel?.();
  }

  get #isNeeded(): boolean {
    const [first] = this.#run.rows.pendingDeletions();
    return first !== undefined;
  }

  #schedule(): void {
    if (this.#isBusy || this.#isDisposed || this.#cancel !== undefined) return;
    this.#numFailures++;
    this.#cancel = this.#run.clock.schedule(backoffMs(this.#numFailures, Math.random(), RETRY_BOUNDS), () =>
      this.#start(),
    );
  }

  #start(): void {
    this.#cancel = undefined;
    this.#isBusy = true;
    this.#run.track(this.#run.live.exclusively(() => this.#retry()));
  }

  async #retry(): Promise<void> {
    if (this.#isDisposed || this.#run.isAborted) return;
    this.#run.mounted.forgetDeleteAttempts();
    await retryDeletions(this.#run);
    this.#isBusy = false;
    if (this.#isNeeded) this.#schedule();
    else this.#numFailures = 0;
  }
}
