import type { ReportEvent } from "../client/report-event.ts";
import type { PageStore } from "./page-store.ts";
import { LockedError, type Server } from "./server.ts";
import { featuredOf, findReport } from "./update-state.ts";

/** The pauses between attempts to connect grow from the first to the last of these. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The server shows a sign of life every 15 s. */
const LONGEST_SILENCE_MS = 40_000;
/** What events do not tell is asked for at most this often. */
const UNTOLD_STEP_MS = 2000;

/** A request for an update. */
interface Loading {
  readonly done: Promise<void>;
  /** Whether something has changed since, which its answer may not have. */
  isOutdated: boolean;
}

/** Keeps a store up to date with the server, for as long as the page is open. */
export class Connection {
  readonly #store: PageStore;
  readonly #server: Server;
  /** Ends the pause. */
  #wake: (() => void) | undefined;
  #pauseTimer: ReturnType<typeof setTimeout> | undefined;
  #attempt = new AbortController();
  #isResting = false;
  #lastEventId = "";
  #lostSinceMs: number | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  readonly #loading = new Map<string, Loading>();
  /** The updates of which something is to be asked for that events do not tell. */
  readonly #untold = new Set<string>();

  constructor(store: PageStore, server: Server) {
    this.#store = store;
    this.#server = server;
  }

  /** Connects, and connects again whenever the connection is lost; never resolves. */
  async run(): Promise<never> {
    for (;;) {
      this.#attempt = new AbortController();
      // It may have been told to while it was about to go on.
      if (this.#isResting) this.rest();
      try {
        await this.#follow(this.#attempt.signal);
        await this.#pause("the server ended the connection");
      } catch (error) {
        this.#attempt.abort();
        if (error instanceof LockedError) await this.#waitForToken();
        else await this.#pause(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Tries again at once, if the connection is lost or resting. */
  retry(): void {
    this.#isResting = false;
    this.#wake?.();
  }

  /** Gives the connection back until {@link retry}. */
  rest(): void {
    this.#isResting = true;
    clearTimeout(this.#pauseTimer);
    this.#attempt.abort(new Error("the page was hidden"));
  }

  /** Asks for an update with all its reports and failures, as they are at the time of the call or later. */
  load(id: string): Promise<void> {
    const underWay = this.#loading.get(id);
    if (underWay !== undefined) {
      underWay.isOutdated = true;
      return underWay.done;
    }
    const loading: Loading = { done: Promise.resolve().then(() => this.#load(id, loading)), isOutdated: false };
    this.#loading.set(id, loading);
    return loading.done;
  }

  async #load(id: string, loading: Loading): Promise<void> {
    do {
      loading.isOutdated = false;
      try {
        const record = await this.#server.find(id, this.#attempt.signal);
        if (record !== undefined) this.#store.takeRecord(record);
      } catch {
        // The connection is lost, which shows; what is missing is asked for once it is back.
      }
    } while (loading.isOutdated);
    this.#loading.delete(id);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const watchdog = new Watchdog(LONGEST_SILENCE_MS, () =>
      this.#attempt.abort(new Error("the server has gone silent")),
    );
    try {
      const events = this.#server.events(this.#lastEventId, signal);
      for await (const event of events) {
        watchdog.feed();
        if (event === "alive") continue;
        if (event.name === "hello") await this.#arrive(JSON.parse(event.data) as { now: string }, signal);
        else if (event.name === "update") await this.#takeUpdate(JSON.parse(event.data) as { id: string });
        else await this.#takeReport(JSON.parse(event.data) as ReportEvent);
        this.#lastEventId = event.lastEventId;
      }
    } finally {
      watchdog.stop();
    }
  }

  async #arrive({ now }: { now: string }, signal: AbortSignal): Promise<void> {
    this.#store.set({ skewMs: Date.parse(now) - Date.now() });
    const { historyError, updates } = await this.#server.list(signal);
    this.#store.takeList(updates);
    await Promise.all(this.#missing().map((id) => this.load(id)));
    this.#lostSinceMs = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#store.set({ connection: { kind: "live" }, historyError });
  }

  /** Those that are shown in full, and are not known so far or changed in the meantime. */
  #missing(): readonly string[] {
    const { updates } = this.#store.state;
    const featured = featuredOf(updates);
    const missing = updates.filter((update) => update.own?.snapshot.final === false || featured.includes(update));
    return missing.map(({ id }) => id);
  }

  /** One has begun, or ended. */
  async #takeUpdate({ id }: { id: string }): Promise<void> {
    await this.load(id);
  }

  async #takeReport(event: ReportEvent): Promise<void> {
    const known = this.#store.find(event.update);
    if (!this.#store.takeEvent(event)) return this.load(event.update);
    // A hundred stacks would be too much to send with each count.
    const numErrors = findReport(known, event)?.snapshot.stats.total.numErrors ?? 0;
    const hasFailed = event.stats.total.numErrors > numErrors;
    const numForgotten = known?.forgotten?.numGroups ?? 0;
    const hasForgotten = event.groupIndex === null && (event.numForgotten ?? 0) > numForgotten;
    if (hasFailed || hasForgotten) this.#askForUntold(event.update);
  }

  #askForUntold(id: string): void {
    if (this.#untold.has(id)) return;
    this.#untold.add(id);
    setTimeout(() => {
      this.#untold.delete(id);
      void this.load(id);
    }, UNTOLD_STEP_MS);
  }

  async #pause(reason: string): Promise<void> {
    this.#lostSinceMs ??= Date.now();
    const pauseMs = this.#pauseMs * (0.75 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.#store.set({ connection: { kind: "lost", sinceMs: this.#lostSinceMs, reason } });
    await new Promise<void>((resolve) => {
      if (!this.#isResting) this.#pauseTimer = setTimeout(resolve, pauseMs);
      this.#wake = () => {
        clearTimeout(this.#pauseTimer);
        resolve();
      };
    });
  }

  async #waitForToken(): Promise<void> {
    this.#store.set({ connection: { kind: "locked", isWrong: this.#server.hasToken } });
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Calls an action when it has not been fed for a time. */
class Watchdog {
  readonly #delayMs: number;
  readonly #action: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(delayMs: number, action: () => void) {
    this.#delayMs = delayMs;
    this.#action = action;
    this.#timer = setTimeout(action, delayMs);
  }

  feed(): void {
    this.stop();
    this.#timer = setTimeout(this.#action, this.#delayMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
