import type { App } from "../app/app.ts";
import { setExceptionLog } from "../app/log-exception.ts";
import { onGroup, type UpdateHandle } from "../app/handle.ts";
import { setStdoutReporter, type ReportSource } from "../app/stdout-reporting.ts";
import type { ComponentFailure } from "../progress/report.ts";
import { DEFAULT_REPORT_INTERVAL_MS } from "../engine/report-interval.ts";
import { hasState } from "./app-state.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODES } from "./exit.ts";
import { exportMetrics } from "./export-metrics.ts";
import { renderFailures } from "./failure-summary.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { takeStdout, type JsonOutput } from "./json-output.ts";
import { loadApp } from "./load-app.ts";
import type { MetricsOptions } from "./metrics-options.ts";
import { streamSnapshots } from "./stream-snapshots.ts";

/** Options of {@link runUpdate}. */
export interface UpdateCommandOptions extends MetricsOptions {
  readonly quiet?: boolean;
  readonly fullReprocess?: boolean;
  readonly reset?: boolean;
  readonly force?: boolean;
  /** The least time between two reports, in milliseconds. */
  readonly interval?: number;
  readonly json?: boolean;
}

/** `tidemark update`: runs an app once and resolves with the exit code. */
export async function runUpdate(argument: string, options: UpdateCommandOptions): Promise<number> {
  using output = options.json ? takeStdout() : undefined;
  const app = await loadApp(argument);
  await using _environment = app.environment;
  using interrupt = listenForInterrupt();
  const { environment } = app;
  const context = { environment, signal: interrupt.signal, isQuiet: options.quiet ?? false };
  const exitCode = await exportMetrics(options, context, () => resetAndUpdate(app, options, output, interrupt.signal));
  return interrupt.exitCode ?? exitCode;
}

async function resetAndUpdate(
  app: App,
  options: UpdateCommandOptions,
  output: JsonOutput | undefined,
  signal: AbortSignal,
): Promise<number> {
  try {
    const isReady = !options.reset || (await reset(app, options, signal));
    return isReady ? await update(app, options, output, signal) : EXIT_CODES.failed;
  } catch (error) {
    if (error === signal.reason) return EXIT_CODES.failed;
    throw error;
  }
}

/** Whether the app starts from nothing now: the user may have thought better of it. */
async function reset(app: App, { force = false }: UpdateCommandOptions, signal: AbortSignal): Promise<boolean> {
  if (!(await hasState(app))) return true;
  const isAgreed = force || (await confirm(`Drop app "${app.name}" and all that it has made, before it runs?`));
  if (isAgreed) await app.drop({ signal });
  else process.stderr.write("Nothing was dropped, nothing was run\n");
  return isAgreed;
}

async function update(
  app: App,
  options: UpdateCommandOptions,
  output: JsonOutput | undefined,
  signal: AbortSignal,
): Promise<number> {
  const { interval = DEFAULT_REPORT_INTERVAL_MS, fullReprocess = false } = options;
  const isPrinting = output === undefined && !options.quiet;
  // Stats groups that ask to be printed are not, either.
  if (!isPrinting) setStdoutReporter(async () => {});
  // They are summed up at the end.
  setExceptionLog(() => {});
  const handle = app.update({ fullReprocess, signal, reportToStdout: isPrinting && interval });
  const groups: ReportSource[] = [];
  onGroup(handle, (group) => groups.push(group));
  const streaming = output && streamRun(app.name, handle, output, interval);
  const [outcome] = await Promise.allSettled([handle.result(), streaming]);
  const sources = [handle, ...groups];
  const failures = sources.flatMap((source) => source.failures());
  const numErrors = sources.reduce((sum, source) => sum + (source.stats()?.total.numErrors ?? 0), 0);
  if (outcome.status === "rejected") {
    // What ended the run is shown in full by whoever catches it.
    const others = failures.filter(({ error }) => error !== outcome.reason);
    printFailures(others, others.length);
    throw outcome.reason;
  }
  printFailures(failures, numErrors);
  return numErrors > 0 ? EXIT_CODES.doneWithFailures : EXIT_CODES.done;
}

function printFailures(failures: readonly ComponentFailure[], numErrors: number): void {
  for (const line of renderFailures(failures, numErrors)) process.stderr.write(`${line}\n`);
}

/** Streams the run and each of its stats groups; the run's own last line comes last. */
async function streamRun(
  app: string,
  handle: UpdateHandle<unknown>,
  output: JsonOutput,
  intervalMs: number,
): Promise<void> {
  const ending = new AbortController();
  const groups: Promise<void>[] = [];
  const options = { app, output, intervalMs, ended: ending.signal };
  onGroup(handle, (group) => groups.push(streamSnapshots(group, options)));
  const run = { title: null, watch: () => handle.watch() };
  const streaming = streamSnapshots(run, { ...options, beforeLast: () => Promise.all(groups) });
  await Promise.allSettled([handle.result()]);
  ending.abort();
  await streaming;
}
