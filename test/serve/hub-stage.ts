import { expect } from "chai";
import type { LoggedUpdate } from "../../lib/progress/record/logged-update.ts";
import type { Report } from "../../lib/progress/report.ts";
import { Tally } from "../../lib/progress/tally.ts";
import { UpdateLog } from "../../lib/progress/record/update-log.ts";
import { EventHub } from "../../lib/serve/event-hub.ts";
import type { ReceivedEvent } from "../../lib/serve/client/read-events.ts";
import { FakeClock } from "../fake-clock.ts";
import { createEventServer, type EventReader, type EventServer } from "./event-server.ts";

/** A hub with what it looks at and those who follow it; `await using` ends them all. */
export interface HubStage extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly tally: Tally;
  readonly log: UpdateLog;
  /** What clients are handed to. */
  hub: EventHub;
  readonly server: EventServer;
  /** What clients follow. */
  topic: string | undefined;
  /** Begins an update. */
  begin(app?: string): { readonly update: LoggedUpdate; readonly report: Report };
  /** Counts components that are unchanged. */
  count(report: Report, numHits: number): Promise<void>;
  /** Connects, and reads the greeting. */
  connect(lastEventId?: string): Promise<EventReader>;
}

export async function createHubStage(): Promise<HubStage> {
  const clock = new FakeClock();
  const tally = new Tally({ clock });
  const log = new UpdateLog();
  const server = await createEventServer((response, id) => stage.hub.follow(response, stage.topic, id));
  const stage: HubStage = {
    clock,
    tally,
    log,
    server,
    hub: new EventHub({ log, clock, accepts: () => true }),
    topic: undefined,
    begin(app = "app") {
      const report = tally.open({ app, title: null });
      return { report, update: log.begin({ app, kind: "update", environment: {}, report, clock }) };
    },
    async count(report, numHits) {
      for (let index = 0; index < numHits; index++) report.cell("work").hit();
      await tally.flush();
    },
    async connect(lastEventId) {
      const reader = await server.connect(lastEventId === undefined ? {} : { "last-event-id": lastEventId });
      expect((await reader.next())?.name).to.equal("hello");
      return reader;
    },
    async [Symbol.asyncDispose]() {
      stage.hub.close();
      await server[Symbol.asyncDispose]();
    },
  };
  return stage;
}

/** The components that an event says are unchanged. */
export function numUnchanged(event: ReceivedEvent | undefined): number {
  return (JSON.parse(event!.data) as { stats: { total: { numUnchanged: number } } }).stats.total.numUnchanged;
}
