import { setTimeout } from "node:timers/promises";
import { untilAborted } from "../../time/until-aborted.ts";
import { totalOf } from "../../progress/record/update-record.ts";
import type { ReportEvent } from "../../serve/client/report-event.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { listenForInterrupt } from "../console/interrupt.ts";
import { RemoteServer } from "../remote/remote-server.ts";
import { RemoteUpdate } from "../remote/remote-update.ts";
import { UsageError } from "../console/usage-error.ts";

/** Options of {@link runWatch}. */
export interface WatchCommandOptions {
  /** Ends with the update that runs, or else with the next one. */
  readonly once?: boolean;
  /** The least time between two renewals of what is shown, in milliseconds. */
  readonly interval?: number;
}

/** `tidemark watch`: shows the updates of another process as they run, and resolves with the exit code. */
export async function runWatch(url: string, options: WatchCommandOptions): Promise<number> {
  const server = new RemoteServer(url, process.env["TIDEMARK_TOKEN"] || undefined);
  using interrupt = listenForInterrupt();
  const exitCode = await new ServerWatch(server, options, interrupt.signal).run();
  return interrupt.exitCode ?? exitCode;
}

/** The pauses between attempts to connect grow from the first to the last of these. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** A server shows a sign of life every 15 s. */
const LONGEST_SILENCE_MS = 40_000;
/** Failures are asked for at most this often. */
const FAILURES_STEP_MS = 1000;
const DEFAULT_INTERVAL_MS = 250;

class ServerWatch {
  readonly #server: RemoteServer;
  readonly #options: WatchCommandOptions;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, RemoteUpdate>();
  readonly #loading = new Set<string>();
  #skewMs = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #lostFor: string | undefined;
  #exitCode: number | undefined;

  constructor(server: RemoteServer, options: WatchCommandOptions, signal: AbortSignal) {
    this.#server = server;
    this.#options = options;
    this.#signal = signal;
  }

  /** Follows the server, and connects again whenever it is gone, until it is interrupted or has seen what it was to see. */
  async run(): Promise<number> {
    while (!this.#signal.aborted && this.#exitCode === undefined) {
      try {
        await this.#follow();
        if (this.#exitCode === undefined) await this.#pause("it ended the connection");
      } catch (error) {
        if (error instanceof UsageError) throw error;
        if (!this.#signal.aborted) await this.#pause(reasonOf(error));
      }
    }
    const reason = new DOMException("Interrupted: no longer watched, the run goes on", "AbortError");
    for (const update of this.#running.values()) update.abandon(reason);
    await Promise.all([...this.#running.values()].map((update) => update.shown()));
    return this.#exitCode ?? EXIT_CODES.failed;
  }

  async #follow(): Promise<void> {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#signal, silence.signal]);
    const watchdog = globalThis.setTimeout(() => silence.abort(new Error("it has gone silent")), LONGEST_SILENCE_MS);
    try {
      for await (const event of this.#server.events(signal)) {
        watchdog.refresh();
        if (event === "alive") continue;
        if (event.name === "hello") await this.#arrive(JSON.parse(event.data) as { now: string }, signal);
        else if (event.name === "update") await this.#load((JSON.parse(event.data) as { id: string }).id, signal);
        else this.#take(JSON.parse(event.data) as ReportEvent, signal);
        if (this.#exitCode !== undefined) return;
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  async #arrive({ now }: { readonly now: string }, signal: AbortSignal): Promise<void> {
    this.#skewMs = Date.parse(now) - Date.now();
    const updates = await this.#server.list(signal);
    if (this.#lostFor !== undefined) say(`Connected to ${this.#server.url} again`);
    this.#lostFor = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
    const known = new Set(this.#running.keys());
    const running = updates.filter(({ endedAt }) => endedAt === null);
    if (running.length === 0 && known.size === 0) say(`No update is running at ${this.#server.url}: waiting for one`);
    for (const id of new Set([...known, ...running.map((update) => update.id)])) await this.#load(id, signal);
  }

  /** One has begun, or ended, or may have. */
  async #load(id: string, signal: AbortSignal): Promise<void> {
    const record = await this.#server.find(id, signal);
    let update = this.#running.get(id);
    if (record === undefined) {
      update?.abandon(new Error("its process is gone"));
      return this.#end(id, EXIT_CODES.failed, signal);
    }
    if (update === undefined) {
      if (record.endedAt !== null) return;
      update = await this.#open(id, record.app);
    }
    update.takeRecord(record, this.#skewMs);
    if (record.endedAt === null) return;
    const isWell = record.status === "ready";
    const done = totalOf(record).numErrors > 0 ? EXIT_CODES.doneWithFailures : EXIT_CODES.done;
    return this.#end(id, isWell ? done : EXIT_CODES.failed, signal);
  }

  async #open(id: string, app: string): Promise<RemoteUpdate> {
    const { reportOnStdout } = await import("../../report/terminal/stdout-reporter.ts");
    const { interval: intervalMs = DEFAULT_INTERVAL_MS } = this.#options;
    say(`Watching an update of ${app}`);
    const update = new RemoteUpdate(app, (report) => reportOnStdout(report, { intervalMs }));
    this.#running.set(id, update);
    return update;
  }

  async #end(id: string, exitCode: number, signal: AbortSignal): Promise<void> {
    const update = this.#running.get(id);
    if (update === undefined) return;
    await untilAborted(update.shown(), signal);
    this.#running.delete(id);
    if (this.#options.once === true) this.#exitCode = exitCode;
  }

  #take(event: ReportEvent, signal: AbortSignal): void {
    const update = this.#running.get(event.update);
    // The end comes with the record, which tells more of it.
    if (update === undefined || (event.final && event.groupIndex === null)) return;
    const before = update.numErrors;
    update.take(event, this.#skewMs);
    if (update.numErrors > before) void this.#loadSoon(event.update, signal);
  }

  /** Failures are not in the events. */
  async #loadSoon(id: string, signal: AbortSignal): Promise<void> {
    if (this.#loading.has(id)) return;
    this.#loading.add(id);
    try {
      await setTimeout(FAILURES_STEP_MS, undefined, { signal });
      if (this.#running.has(id)) await this.#load(id, signal);
    } catch {
      // The connection is lost, which shows; what is missing is asked for once it is back.
    } finally {
      this.#loading.delete(id);
    }
  }

  async #pause(reason: string): Promise<void> {
    if (this.#lostFor === undefined) say(`Cannot reach ${this.#server.url} (${reason}): trying again`);
    this.#lostFor = reason;
    for (const update of this.#running.values()) update.cutOff();
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await setTimeout(pauseMs, undefined, { signal: this.#signal }).catch(() => {});
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What is behind the "fetch failed" of Node. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === "ECONNREFUSED" ? "nothing listens there" : (code ?? message);
}
