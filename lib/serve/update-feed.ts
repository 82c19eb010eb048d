import type { LoggedUpdate } from "../progress/record/logged-update.ts";
import type { Report } from "../progress/report.ts";
import type { UpdateLog } from "../progress/record/update-log.ts";
import { createFinalEvents, createReportEvent } from "./create-report-event.ts";
import type { EventJournal } from "./event-journal.ts";
import { END_ID } from "./client/report-event.ts";

/** What an {@link UpdateFeed} is made of. */
export interface UpdateFeedOptions {
  readonly log: UpdateLog;
  readonly journal: EventJournal;
  /** Whether an update is shown. */
  readonly accepts: (update: LoggedUpdate) => boolean;
}

/** Publishes the updates of a process in a journal: that one begins or ends, and the counts of its reports. */
export class UpdateFeed {
  readonly #log: UpdateLog;
  readonly #journal: EventJournal;
  readonly #accepts: (update: LoggedUpdate) => boolean;
  /** The version in which each report was published last. */
  readonly #versions = new WeakMap<Report, number>();
  /** The number of groups that each update had forgotten by then. */
  readonly #numForgotten = new WeakMap<LoggedUpdate, number>();

  constructor(options: UpdateFeedOptions) {
    this.#log = options.log;
    this.#journal = options.journal;
    this.#accepts = options.accepts;
  }

  /** Publishes the reports that have changed. */
  publishCounts(): void {
    for (const update of this.#log.updates) {
      if (!update.isRunning || !this.#accepts(update)) continue;
      this.#forgetOldGroups(update);
      for (const logged of update.reports) {
        const { groupIndex, report } = logged;
        if (this.#versions.get(report) === report.version) continue;
        this.#versions.set(report, report.version);
        this.#journal.publish(keyOf(update.id, groupIndex), {
          topic: update.id,
          data: createReportEvent(update, logged),
        });
      }
    }
  }

  /** Publishes that an update has begun, or has ended. */
  publishState({ app, id, isRunning }: LoggedUpdate): void {
    const data = { id, app, state: isRunning ? "running" : "ended" };
    this.#journal.publish(`${STATE_KEY}${id}`, { topic: "", name: "update", data });
    if (isRunning) return;
    this.#journal.forget(
      (key) => key.startsWith(STATE_KEY) && this.#log.find(key.slice(STATE_KEY.length)) === undefined,
    );
  }

  /** Publishes the last counts of an update that has ended. */
  publishEnd(update: LoggedUpdate): void {
    for (const event of createFinalEvents(update.record())) {
      const isLast = event.groupIndex === null;
      this.#journal.publish(keyOf(update.id, event.groupIndex), {
        topic: update.id,
        data: event,
        ...(isLast && { id: END_ID }),
      });
    }
  }

  /** A run that opens groups for as long as it lives does not keep all of them. */
  #forgetOldGroups(update: LoggedUpdate): void {
    const { forgotten, id, reports } = update;
    const numForgotten = forgotten?.numGroups ?? 0;
    if ((this.#numForgotten.get(update) ?? 0) === numForgotten) return;
    this.#numForgotten.set(update, numForgotten);
    // Its own report tells of them.
    this.#versions.delete(reports[0]!.report);
    const kept = new Set(reports.map(({ groupIndex }) => keyOf(id, groupIndex)));
    this.#journal.forget((key) => key.startsWith(`${id} `) && !kept.has(key));
  }

  /** Forgets the counts of an update. */
  forget(id: string): void {
    this.#journal.forget((key) => key.startsWith(`${id} `));
  }
}

const STATE_KEY = "update ";

function keyOf(id: string, groupIndex: number | null): string {
  return `${id} ${groupIndex ?? "own"}`;
}
