import type { UpdateRecord } from "../../progress/record/update-record.ts";
import type { ReportEvent } from "./report-event.ts";
import type { SummaryList } from "./update-summary.ts";

/** The display that an {@link EventConnection} feeds. A rejected or throwing `take…` method counts as a lost connection. */
export interface UpdateSink {
  /**
   * Takes the updates of a server that has just been connected to, and returns the ids of those to load. The server's clock is
   * `skewMs` ahead of this machine's.
   */
  takeList(list: SummaryList, skewMs: number): readonly string[];
  /**
   * Takes a loaded update; `undefined` when the server has no record of it. Returns `"list"` when the list is needed first, because the place
   * of the update among the others is unknown: the list is then loaded and taken, and the update is loaded and taken again.
   */
  takeRecord(record: UpdateRecord | undefined, id: string): Promise<void> | "list" | void;
  /**
   * Takes a snapshot of a report, and returns whether to load its update: at once, or soon for failures, which events lack because
   * their stacks are too large to send with each count.
   */
  takeReport(event: ReportEvent): "load" | "load-soon" | undefined;
  /** Called when the updates of the list have been loaded. */
  caughtUp?(): void;
  /**
   * Called when the connection is lost or cannot be made; returns whether to retry after a pause, or to rest. An error that it throws
   * ends the connection.
   */
  lose(error: unknown): "retry" | "rest";
}
