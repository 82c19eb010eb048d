import { backoffMs, type BackoffBounds } from "../../time/backoff.ts";
import type { Clock } from "../../time/clock.ts";
import { pause } from "../../time/pause.ts";
import { untilAborted } from "../../time/until-aborted.ts";
import type { ReceivedEvent } from "./read-events.ts";
import { RecordLoader } from "./record-loader.ts";
import type { ReportEvent } from "./report-event.ts";
import type { UpdateClient } from "./update-client.ts";
import type { UpdateSink } from "./update-sink.ts";

/** Options of {@link EventConnection}. */
export interface EventConnectionOptions {
  readonly client: Pick<UpdateClient, "list" | "find" | "events">;
  readonly sink: UpdateSink;
  readonly clock: Clock;
  /** The bounds of the pauses between attempts to connect. */
  readonly retryBounds: BackoffBounds;
  /** The pause before failures are loaded, in milliseconds. */
  readonly loadSoonMs: number;
  /** Ends the connection. @default never */
  readonly signal?: AbortSignal;
}

/** The server sends a sign of life every 15 s. */
const LONGEST_SILENCE_MS = 40_000;

/** A connection to the event stream of a server, which keeps a sink up to date and reconnects whenever it is lost. */
export class EventConnection {
  readonly #options: EventConnectionOptions;
  readonly #signal: AbortSignal;
  readonly #records: RecordLoader;
  #attempt = new AbortController();
  #pausing = new AbortController();
  /** Resolved by {@link retry}; `undefined` while the connection does not rest. */
  #resting: PromiseWithResolvers<void> | undefined;
  #lastEventId = "";
  #skewMs = 0;
  #numFailures = 0;

  constructor(options: EventConnectionOptions) {
    const { clock, loadSoonMs, signal = new AbortController().signal } = options;
    this.#options = options;
    this.#signal = signal;
    this.#records = new RecordLoader(
      (id) => this.#load(id),
      () => pause(loadSoonMs, { clock, signal }),
    );
  }

  /** Connects, and reconnects with backoff; resolves when the signal is aborted. Rejects with an error that `lose` throws. */
  async run(): Promise<void> {
    this.#signal.addEventListener("abort", () => this.rest(), { once: true });
    while (!this.#signal.aborted) {
      try {
        if (this.#resting !== undefined) await untilAborted(this.#resting.promise, this.#signal);
        else await this.#follow();
      } catch (error) {
        if (!this.#signal.aborted) await this.#lose(error);
      }
    }
  }

  /** Disconnects until {@link retry}. */
  rest(reason?: Error): void {
    this.#resting ??= Promise.withResolvers();
    this.#attempt.abort(reason);
    this.#pausing.abort();
  }

  /** Reconnects at once if the connection rests or is lost. */
  retry(): void {
    this.#resting?.resolve();
    this.#resting = undefined;
    this.#pausing.abort();
  }

  /** Loads an update with all its reports and failures. Never rejects: a failed load shows as a lost connection. */
  async load(id: string): Promise<void> {
    await this.#records.load(id).catch(() => {});
  }

  async #follow(): Promise<never> {
    // A load that hangs would hold up the next load of its update.
    this.#attempt.abort();
    this.#attempt = new AbortController();
    let cancelWatchdog = this.#scheduleWatchdog();
    try {
      for await (const event of this.#options.client.events(this.#lastEventId, this.#attempt.signal)) {
        cancelWatchdog();
        cancelWatchdog = this.#scheduleWatchdog();
        if (event === "alive") continue;
        await this.#take(event);
        this.#lastEventId = event.lastEventId;
      }
    } finally {
      cancelWatchdog();
    }
    throw new Error("the server ended the connection");
  }

  #scheduleWatchdog(): () => void {
    const reason = new Error("the server has gone silent");
    return this.#options.clock.schedule(LONGEST_SILENCE_MS, () => this.#attempt.abort(reason));
  }

  async #take({ data, name }: ReceivedEvent): Promise<void> {
    if (name === "hello") return this.#arrive(JSON.parse(data) as { readonly now: string });
    if (name === "update") return this.#records.load((JSON.parse(data) as { readonly id: string }).id);
    const event = JSON.parse(data) as ReportEvent;
    const need = this.#options.sink.takeReport(event);
    if (need === "load") await this.#records.load(event.update);
    if (need === "load-soon") void this.#records.loadSoon(event.update).catch(() => {});
  }

  async #arrive({ now }: { readonly now: string }): Promise<void> {
    const { clock, sink } = this.#options;
    this.#skewMs = Date.parse(now) - clock.date().getTime();
    const ids = await this.#loadList();
    await Promise.all(ids.map((id) => this.#records.load(id)));
    this.#numFailures = 0;
    sink.caughtUp?.();
  }

  async #loadList(): Promise<readonly string[]> {
    const { client, sink } = this.#options;
    return sink.takeList(await client.list(this.#attempt.signal), this.#skewMs);
  }

  async #load(id: string): Promise<void> {
    if ((await this.#loadRecord(id)) !== "list") return;
    await this.#loadList();
    // The list is newer than the record.
    await this.#loadRecord(id);
  }

  async #loadRecord(id: string): Promise<"list" | void> {
    const { client, sink } = this.#options;
    return sink.takeRecord(await client.find(id, this.#attempt.signal), id);
  }

  async #lose(reason: unknown): Promise<void> {
    const { clock, retryBounds, sink } = this.#options;
    if (sink.lose(reason) === "rest") this.rest();
    this.#pausing = new AbortController();
    if (this.#resting !== undefined) return;
    const ms = backoffMs(++this.#numFailures, Math.random(), retryBounds);
    await pause(ms, { clock, signal: this.#pausing.signal }).catch(() => {});
  }
}
