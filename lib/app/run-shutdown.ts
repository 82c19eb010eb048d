import { diag } from "@opentelemetry/api";
import type { Run } from "../engine/run/run.ts";
import type { RunOutcome } from "./run-outcome.ts";

/** The end of the work of a run: live components are stopped, and no component or write is in progress afterwards. */
export class RunShutdown implements AsyncDisposable {
  readonly #run: Pick<Run, "abort" | "live" | "report" | "written">;
  readonly #outcome: RunOutcome<unknown>;

  constructor(run: Pick<Run, "abort" | "live" | "report" | "written">, outcome: RunOutcome<unknown>) {
    this.#run = run;
    this.#outcome = outcome;
  }

  /** Shuts the run down; a write that fails now is the failure of a run that has none yet, and is logged otherwise. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { failure } = this.#outcome;
    if (failure === undefined) return this.#outcome.attempt(() => this.#shutDown());
    // Nothing that is in progress may keep a failed run from ending.
    this.#run.abort(failure.error);
    await this.#run.live.stop();
    await this.#run.written().catch((other: unknown) => {
      if (other !== failure.error) this.#log(other);
    });
  }

  async #shutDown(): Promise<void> {
    await this.#run.live.stop();
    await this.#run.written();
  }

  #log(error: unknown): void {
    const { app } = this.#run.report;
    diag.error(`tidemark: the run of app "${app}" that has failed could not write its state either`, error);
  }
}
