import type { ServerResponse } from "node:http";
import type { Clock } from "../time/clock.ts";
import type { EventJournal } from "./event-journal.ts";

/** What an {@link EventClient} is made of. */
export interface EventClientOptions {
  readonly response: ServerResponse;
  readonly journal: EventJournal;
  /** What it follows; `undefined` for everything. */
  readonly topic: string | undefined;
  /** Its place in the journal. */
  readonly position: number;
  readonly clock: Clock;
}

/** The headers of a stream of events. */
export const EVENT_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // Proxies that gather what they pass on would hold events back.
  "x-accel-buffering": "no",
};

/** How long a client may leave what was sent unread. */
const LONGEST_BLOCK_MS = 30_000;

/**
 * One reader of events. It is sent the next batch only once the last one has been taken, so that no more than one waits for
 * it, and what it gets then is the newest.
 */
export class EventClient {
  readonly topic: string | undefined;
  readonly #response: ServerResponse;
  readonly #journal: EventJournal;
  readonly #clock: Clock;
  #position: number;
  #endPosition: number | undefined;
  #blockedAt: number | undefined;
  #sentAt: number;

  constructor(options: EventClientOptions) {
    this.topic = options.topic;
    this.#response = options.response;
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#position = options.position;
    this.#sentAt = options.clock.now();
    options.response.on("drain", () => {
      this.#blockedAt = undefined;
      this.pump();
    });
    // The stream ends with its connection: to frame each event as a chunk would double the time that sending takes.
    options.response.useChunkedEncodingByDefault = false;
    options.response.writeHead(200, { ...EVENT_HEADERS, connection: "close" });
    options.response.flushHeaders();
  }

  /** Whether what it follows has ended. */
  get isEnding(): boolean {
    return this.#endPosition !== undefined;
  }

  /** Sends what is new, as far as it is taken; tells whether there was anything to send. */
  pump(): boolean {
    let hasSent = false;
    while (this.#blockedAt === undefined && !this.#response.destroyed) {
      const batch = this.#journal.read(this.#position, this.topic);
      if (batch === undefined) break;
      this.#position = batch.position;
      if (batch.bytes.length === 0) continue;
      this.#write(batch.bytes);
      hasSent = true;
    }
    const isDone = this.#endPosition !== undefined && this.#position >= this.#endPosition;
    if (isDone && this.#blockedAt === undefined) this.#response.end();
    return hasSent;
  }

  /** Sends an event that is for this client only. */
  send(name: string, data: object): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Lets it end once it has what the journal holds by now. */
  endAfterNow(): void {
    this.#endPosition = this.#journal.position;
  }

  /** Shows that the connection is alive when nothing was sent for `idleMs`; gives a client up that takes nothing. */
  beat(idleMs: number): void {
    const now = this.#clock.now();
    if (this.#blockedAt !== undefined) {
      if (now - this.#blockedAt >= LONGEST_BLOCK_MS) this.#response.destroy();
    } else if (now - this.#sentAt >= idleMs) {
      this.#write(":\n\n");
    }
  }

  /** Ends the connection, after what is on its way. */
  end(): void {
    this.#response.end();
  }

  #write(content: Buffer | string): void {
    this.#sentAt = this.#clock.now();
    // Otherwise Node would hand it to the system later, and what that takes would not be seen by who measures.
    this.#response.cork();
    if (!this.#response.write(content)) this.#blockedAt = this.#sentAt;
    this.#response.uncork();
  }
}
