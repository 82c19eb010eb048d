import type { ServerResponse } from "node:http";
import type { LoggedUpdate } from "../progress/record/logged-update.ts";
import type { UpdateLog } from "../progress/record/update-log.ts";
import type { Clock } from "../time/clock.ts";
import { EventClient } from "./event-client.ts";
import { EventJournal } from "./event-journal.ts";
import { UpdateFeed } from "./update-feed.ts";

/** What an {@link EventHub} is made of. */
export interface EventHubOptions {
  readonly log: UpdateLog;
  readonly clock: Clock;
  /** Whether an update is shown. */
  readonly accepts: (update: LoggedUpdate) => boolean;
  /** Connections beyond this many are refused. @default 2000 */
  readonly maxClients?: number;
}

const MAX_EVENT_CLIENTS = 2000;
/** The shortest and the longest time between two looks at the counts. */
const SHORTEST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 2000;
/** Sending takes about one part in this many of the process' time, however many clients there are. */
const SHARE_OF_TIME = 50;
/** What it takes to send something to one client, before it has been measured. */
const USUAL_COST_MS = 0.03;
/** A client that was sent nothing for the first time is shown that its connection is alive; the second is the time between two looks. */
const LONGEST_QUIET_MS = 10_000;
const HEARTBEAT_MS = 5_000;

/** Sends the counts of the updates of a process to any number of clients, to each as fast as it reads. */
export class EventHub {
  readonly #clock: Clock;
  readonly #accepts: (update: LoggedUpdate) => boolean;
  readonly #maxClients: number;
  readonly #journal = new EventJournal();
  readonly #feed: UpdateFeed;
  readonly #clients = new Set<EventClient>();
  /** The updates that have ended since the last look. */
  readonly #ended = new Set<LoggedUpdate>();
  readonly #stopListening: () => void;
  #costMs = USUAL_COST_MS;
  #cancelTick: (() => void) | undefined;
  #cancelHeartbeat: (() => void) | undefined;

  constructor({ accepts, clock, log, maxClients = MAX_EVENT_CLIENTS }: EventHubOptions) {
    this.#clock = clock;
    this.#accepts = accepts;
    this.#maxClients = maxClients;
    this.#feed = new UpdateFeed({ log, journal: this.#journal, accepts });
    this.#stopListening = log.onChange((update) => this.#updateChanged(update));
  }

  /** Whether no further client is taken. */
  get isFull(): boolean {
    return this.#clients.size >= this.#maxClients;
  }

  /** Answers with the events of one update that runs, or of all, from the one with the id `lastEventId` on. */
  follow(response: ServerResponse, topic: string | undefined, lastEventId: string | undefined): void {
    // It may have left while its token was checked, and its "close" would not come again.
    if (response.destroyed) return;
    this.#feed.publishCounts();
    const position = this.#journal.positionOf(lastEventId);
    const client = new EventClient({ response, journal: this.#journal, topic, position, clock: this.#clock });
    this.#clients.add(client);
    response.on("close", () => this.#leave(client));
    // The times of day in events are those of this machine's clock: a client compares its own with it.
    client.send("hello", { now: this.#clock.date().toISOString() });
    client.pump();
    this.#cancelTick ??= this.#scheduleTick(this.#intervalMs());
    this.#cancelHeartbeat ??= this.#scheduleHeartbeat();
  }

  /** Tells everybody how things stand, and ends all connections; nothing is looked at any more. */
  close(): void {
    this.#stopListening();
    if (this.#clients.size > 0) this.#tick();
    for (const client of this.#clients) client.end();
    this.#clients.clear();
    this.#rest();
  }

  #updateChanged(update: LoggedUpdate): void {
    if (!this.#accepts(update)) return;
    if (this.#clients.size === 0) {
      this.#feed.publishState(update);
      if (!update.isRunning) this.#feed.forget(update.id);
    } else if (update.isRunning) {
      this.#feed.publishState(update);
    } else {
      this.#ended.add(update);
      this.#cancelTick?.();
      // Not at once: the run's caller does not wait for those who watch.
      this.#cancelTick = this.#scheduleTick(0);
    }
  }

  #scheduleTick(delayMs: number): () => void {
    return this.#clock.schedule(delayMs, () => {
      this.#cancelTick = undefined;
      this.#tick();
      if (this.#clients.size > 0) this.#cancelTick = this.#scheduleTick(this.#intervalMs());
    });
  }

  #tick(): void {
    const startedAt = this.#clock.now();
    this.#feed.publishCounts();
    const ended = this.#publishEnds();
    let numServed = 0;
    for (const client of this.#clients) {
      if (client.topic !== undefined && ended.has(client.topic)) client.endAfterNow();
      if (client.pump()) numServed++;
    }
    for (const id of ended) this.#forgetUnlessFollowed(id);
    if (numServed > 0) this.#costMs = (this.#clock.now() - startedAt) / numServed;
  }

  /** The time until the next look: the more it takes to tell everybody, the longer. */
  #intervalMs(): number {
    const tookMs = this.#clients.size * this.#costMs;
    return Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, tookMs * SHARE_OF_TIME));
  }

  #publishEnds(): ReadonlySet<string> {
    const ended = new Set<string>();
    for (const update of this.#ended) {
      ended.add(update.id);
      this.#feed.publishEnd(update);
      this.#feed.publishState(update);
    }
    this.#ended.clear();
    return ended;
  }

  #leave(client: EventClient): void {
    this.#clients.delete(client);
    if (client.isEnding) this.#forgetUnlessFollowed(client.topic);
    if (this.#clients.size === 0) this.#rest();
  }

  #forgetUnlessFollowed(id: string | undefined): void {
    for (const { topic } of this.#clients) if (topic === id) return;
    if (id !== undefined) this.#feed.forget(id);
  }

  #rest(): void {
    for (const id of this.#publishEnds()) this.#feed.forget(id);
    this.#cancelTick?.();
    this.#cancelHeartbeat?.();
    this.#cancelTick = this.#cancelHeartbeat = undefined;
  }

  #scheduleHeartbeat(): () => void {
    return this.#clock.schedule(HEARTBEAT_MS, () => {
      for (const client of this.#clients) client.beat(LONGEST_QUIET_MS);
      this.#cancelHeartbeat = this.#scheduleHeartbeat();
    });
  }
}
