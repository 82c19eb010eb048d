import type { AppRows } from "../engine/records/app-rows.ts";
import { processTally } from "../progress/process-tally.ts";
import type { Report } from "../progress/report.ts";
import type { RunTally } from "../progress/run-tally.ts";
import type { EnvironmentState } from "./environment-state.ts";
import { RecordedUpdate } from "./recorded-update.ts";
import type { RunAppOptions, RunnableApp } from "./run-options.ts";
import type { RunOutcome } from "./run-outcome.ts";

/** Options of a {@link RunAccount}. */
export interface RunAccountOptions extends Pick<RunAppOptions, "kind" | "isLive"> {
  readonly app: RunnableApp;
  readonly state: EnvironmentState;
  /** Decided when the account is disposed of. */
  readonly outcome: RunOutcome<unknown>;
}

/** The result that the tally counts for each status. */
const RESULTS = { ready: "success", aborted: "cancelled", failed: "error" } as const;

/** The account of a run in its process: the tally counts the run, the log of updates and the store keep it. */
export class RunAccount implements Disposable {
  readonly #options: RunAccountOptions;
  readonly #tally: RunTally;
  #update: RecordedUpdate | undefined;

  /** Begins to count the run. */
  constructor(options: RunAccountOptions) {
    const { app, isLive, kind, state } = options;
    this.#options = options;
    this.#tally = processTally.begin(
      {
        app: app.name,
        environment: app.environment,
        isUpdate: kind === "update",
        isLive,
        slotLimit: app.maxInflightComponents,
      },
      state.meterProvider,
    );
  }

  /** The slots of the run, whose use is exported. */
  set slots(slots: NonNullable<RunTally["slots"]>) {
    this.#tally.slots = slots;
  }

  /** Opens the report of the whole run; from now on the run is in the log of updates, and at its end in `rows`. */
  openReport(rows: AppRows): Report {
    const { app, kind, state } = this.#options;
    const report = this.#open(null);
    const { clock, updates } = state;
    const update = updates.begin({ app: app.name, kind, environment: app.environment, report, clock });
    this.#update = new RecordedUpdate(update, rows);
    return report;
  }

  /** Opens the report of a stats group. */
  openGroup(title: string): Report {
    const report = this.#open(title);
    this.#update?.addGroup(report);
    return report;
  }

  /** Counts and records the outcome. */
  [Symbol.dispose](): void {
    const { failure, status } = this.#options.outcome;
    processTally.end(this.#tally, RESULTS[status]);
    this.#update?.end({ status, ...failure });
  }

  #open(title: string | null): Report {
    return processTally.open({ app: this.#options.app.name, title, run: this.#tally });
  }
}
