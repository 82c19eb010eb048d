import { totalOf, type UpdateRecord } from "../../progress/record/update-record.ts";
import { EventConnection } from "../../serve/client/event-connection.ts";
import type { ReportEvent } from "../../serve/client/report-event.ts";
import { AnswerError, UpdateClient } from "../../serve/client/update-client.ts";
import type { UpdateSink } from "../../serve/client/update-sink.ts";
import type { SummaryList } from "../../serve/client/update-summary.ts";
import { systemClock } from "../../time/system-clock.ts";
import { untilAborted } from "../../time/until-aborted.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { listenForInterrupt } from "../console/interrupt.ts";
import { UsageError } from "../console/usage-error.ts";
import { RemoteUpdate } from "../remote/remote-update.ts";
import { parseServerUrl } from "../remote/server-url.ts";

/** Options of {@link runWatch}. */
export interface WatchCommandOptions {
  /** Ends with the update that runs, or else with the next one. */
  readonly once?: boolean;
  /** The least time between two renewals of the display, in milliseconds. */
  readonly interval?: number;
}

const DEFAULT_INTERVAL_MS = 250;
const RETRY_BOUNDS = { firstMs: 250, longestMs: 5000 };
const LOAD_SOON_MS = 1000;

/** `tidemark watch`: shows the updates of another process as they run, and resolves with the exit code. */
export async function runWatch(text: string, options: WatchCommandOptions): Promise<number> {
  const url = parseServerUrl(text);
  using interrupt = listenForInterrupt();
  const watch = new ServerWatch(url, options, interrupt.signal);
  const connection = new EventConnection({
    client: new UpdateClient(url, () => process.env["TIDEMARK_TOKEN"] || undefined),
    sink: watch,
    clock: systemClock,
    retryBounds: RETRY_BOUNDS,
    loadSoonMs: LOAD_SOON_MS,
    signal: watch.signal,
  });
  await connection.run();
  const exitCode = await watch.finish();
  return interrupt.exitCode ?? exitCode;
}

/** Shows the updates of a server on the terminal. */
class ServerWatch implements UpdateSink {
  /** Aborted when the watch is interrupted, or has seen the update that it was to see. */
  readonly signal: AbortSignal;
  readonly #url: string;
  readonly #options: WatchCommandOptions;
  readonly #done = new AbortController();
  readonly #running = new Map<string, RemoteUpdate>();
  #skewMs = 0;
  #isLost = false;
  #exitCode: number = EXIT_CODES.failed;

  constructor(url: string, options: WatchCommandOptions, interrupt: AbortSignal) {
    this.#url = url;
    this.#options = options;
    this.signal = AbortSignal.any([interrupt, this.#done.signal]);
  }

  takeList({ updates }: SummaryList, skewMs: number): readonly string[] {
    this.#skewMs = skewMs;
    if (this.#isLost) say(`Connected to ${this.#url} again`);
    this.#isLost = false;
    const running = updates.filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
    const ids = new Set([...this.#running.keys(), ...running]);
    if (ids.size === 0) say(`No update is running at ${this.#url}: waiting for one`);
    return [...ids];
  }

  async takeRecord(record: UpdateRecord | undefined, id: string): Promise<void> {
    const update = this.#running.get(id);
    if (record === undefined) {
      update?.abandon(new Error("its process is gone"));
      return this.#end(id, EXIT_CODES.failed);
    }
    if (update === undefined && record.endedAt !== null) return;
    (update ?? this.#open(record)).takeRecord(record, this.#skewMs);
    if (record.endedAt !== null) await this.#end(id, exitCodeOf(record));
  }

  takeReport(event: ReportEvent): "load-soon" | undefined {
    const update = this.#running.get(event.update);
    // The end comes with the record, which also has the error and the failures.
    if (update === undefined || (event.final && event.groupIndex === null)) return undefined;
    const before = update.numErrors;
    update.take(event, this.#skewMs);
    return update.numErrors > before ? "load-soon" : undefined;
  }

  lose(error: unknown): "retry" {
    requireHope(error, this.#url);
    if (!this.#isLost) say(`Cannot reach ${this.#url} (${reasonOf(error)}): trying again`);
    this.#isLost = true;
    for (const update of this.#running.values()) update.cutOff();
    return "retry";
  }

  /** Ends the display of the updates in progress, and returns the exit code. */
  async finish(): Promise<number> {
    const reason = new DOMException("Interrupted: no longer watched, the run goes on", "AbortError");
    for (const update of this.#running.values()) update.abandon(reason);
    await Promise.all([...this.#running.values()].map((update) => update.shown()));
    return this.#exitCode;
  }

  #open({ app, id }: UpdateRecord): RemoteUpdate {
    const { interval: intervalMs = DEFAULT_INTERVAL_MS } = this.#options;
    say(`Watching an update of ${app}`);
    const update = new RemoteUpdate(app, async (report) => {
      const { reportOnStdout } = await import("../../report/terminal/stdout-reporter.ts");
      return reportOnStdout(report, { intervalMs });
    });
    this.#running.set(id, update);
    return update;
  }

  async #end(id: string, exitCode: number): Promise<void> {
    const update = this.#running.get(id);
    if (update === undefined) return;
    await untilAborted(update.shown(), this.signal);
    this.#running.delete(id);
    if (this.#options.once !== true) return;
    this.#exitCode = exitCode;
    this.#done.abort();
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function exitCodeOf(record: UpdateRecord): number {
  if (record.status !== "ready") return EXIT_CODES.failed;
  return totalOf(record).numErrors > 0 ? EXIT_CODES.doneWithFailures : EXIT_CODES.done;
}

/** @throws UsageError for an error that a retry cannot help */
function requireHope(error: unknown, url: string): void {
  if (!(error instanceof AnswerError) || error.kind === "temporary") return;
  const isForeign = error.kind === "foreign";
  const problem = isForeign
    ? `${error.message}; is it tidemark's?`
    : "the server wants a token; set TIDEMARK_TOKEN to it";
  throw new UsageError(`Cannot watch ${url}: ${problem}`);
}

/** The reason behind the "fetch failed" of Node. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === "ECONNREFUSED" ? "nothing listens there" : (code ?? message);
}
