import { diag } from "@opentelemetry/api";
import { TidemarkError } from "../errors.ts";
import type { AppRows } from "../engine/records/app-rows.ts";
import type { LoggedUpdate, UpdateEnd } from "../progress/record/logged-update.ts";
import type { Report } from "../progress/report.ts";
import { storeUpdate } from "./update-history.ts";

const STORE_FAILURES: ReadonlySet<unknown> = new Set(["STORE_CORRUPT", "STORE_LOST", "STORE_UNAVAILABLE"]);

/** An update in the log of the process, which is put on record in the store when it ends. */
export class RecordedUpdate {
  readonly #update: LoggedUpdate;
  readonly #rows: AppRows;

  constructor(update: LoggedUpdate, rows: AppRows) {
    this.#update = update;
    this.#rows = rows;
  }

  /** A stats group was opened. */
  addGroup(report: Report): void {
    this.#update.addGroup(report);
  }

  /**
   * Its reports have ended. Nobody waits for the writing, but it is on its way when this returns: the app may be dropped next,
   * or the store closed. A drop is not put on record: it forgets the app. An update that failed because the store did is not either: its
   * record would fail as well, and the first writes of the next update with it.
   */
  end(end: UpdateEnd): void {
    const record = this.#update.end(end);
    if (record.kind === "drop" || isStoreFailure(end.error)) return;
    void storeUpdate(this.#rows, record).catch((error: unknown) => {
      diag.error(`tidemark: update ${record.id} of app "${record.app}" ended, but cannot be put on record`, error);
    });
  }
}

function isStoreFailure(error: unknown): boolean {
  return error instanceof TidemarkError && STORE_FAILURES.has(error.code);
}
