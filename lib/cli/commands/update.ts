import { isatty } from "node:tty";
import type { App } from "../../app/app.ts";
import { stateOf } from "../../app/environment.ts";
import type { UpdateHandle } from "../../app/handle.ts";
import { readMaxDeletes, type MaxDeletes } from "../../engine/delete-limit.ts";
import { DEFAULT_REPORT_INTERVAL_MS } from "../../engine/report-interval.ts";
import type { FailureCause } from "../../progress/view/failure-causes.ts";
import { UpdateStatus } from "../../progress/schema/stats.ts";
import { takeStdout, type JsonOutput } from "../../report/json/json-output.ts";
import { chooseProgressMode, type ProgressMode } from "../../report/terminal/progress-mode.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { hasState } from "../load/app-state.ts";
import { confirm } from "../console/confirm.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { exportMetrics } from "../metrics/export-metrics.ts";
import { FailureLog } from "../show/failure-log.ts";
import { renderFailures } from "../show/failure-summary.ts";
import { tellGitHub } from "../show/github-actions.ts";
import { listenForInterrupt, type Interrupt } from "../console/interrupt.ts";
import { noteProgress } from "../console/standstill.ts";
import { loadApp } from "../load/load-app.ts";
import { adviseOnMissingImport } from "../load/missing-module.ts";
import type { MetricsOptions } from "../metrics/metrics-options.ts";
import { RunObservation } from "../show/run-observation.ts";
import { streamRun } from "../show/stream-run.ts";
import { UsageError } from "../console/usage-error.ts";

/** Options of {@link runUpdate}. */
export interface UpdateCommandOptions extends MetricsOptions {
  readonly quiet?: boolean;
  readonly fullReprocess?: boolean;
  /** Goes on after everything has caught up. */
  readonly live?: boolean;
  /** In place of the app's `maxDeletes`, as it was written. */
  readonly maxDeletes?: string;
  readonly reset?: boolean;
  /** Confirms that the project has moved here. */
  readonly adopt?: boolean;
  readonly force?: boolean;
  /** The least time between two renewals of what is shown, in milliseconds. */
  readonly interval?: number;
  readonly json?: boolean;
  /** Also prints each failure in full. */
  readonly verbose?: boolean;
}

/** How often the area of a terminal shows new counts where nothing else is asked for. */
const LIVE_INTERVAL_MS = 100;

/** `tidemark update`: runs an app once and resolves with the exit code. */
export async function runUpdate(argument: string, options: UpdateCommandOptions): Promise<number> {
  const mode = chooseMode(options);
  const maxDeletes = parseMaxDeletes(options.maxDeletes);
  using output = mode === "json" ? takeStdout() : undefined;
  const app = await loadApp(argument);
  await using _environment = app.environment;
  using interrupt = listenForInterrupt();
  const { environment } = app;
  const context = { environment, signal: interrupt.signal, isQuiet: options.quiet ?? false };
  const exitCode = await exportMetrics(options, context, () =>
    resetAndUpdate(app, { ...options, maxDeletes, mode }, output, interrupt),
  );
  return interrupt.exitCode ?? exitCode;
}

/** What the command line asks for comes before what the environment does. */
function chooseMode({ json, quiet }: UpdateCommandOptions): ProgressMode {
  if (json) return "json";
  if (quiet) return "none";
  try {
    return chooseProgressMode(process.env, isatty(process.stdout.fd));
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

/** Reads `--max-deletes`; throws a usage error for what is no limit. */
function parseMaxDeletes(text: string | undefined): MaxDeletes | undefined {
  if (text === undefined) return undefined;
  const maxDeletes = text.endsWith("%") ? (text as MaxDeletes) : Number(text === "" ? NaN : text);
  try {
    readMaxDeletes("update", maxDeletes);
  } catch (error) {
    const message = (error as Error).message.replace("`maxDeletes`", "`--max-deletes`");
    throw new UsageError(message.replace(/got .*$/, () => `got ${JSON.stringify(text)}`));
  }
  return maxDeletes;
}

/** The options of one update, with how it is shown. */
type ShownUpdateOptions = Omit<UpdateCommandOptions, "maxDeletes"> & {
  readonly maxDeletes: MaxDeletes | undefined;
  readonly mode: ProgressMode;
};

async function resetAndUpdate(
  app: App,
  options: ShownUpdateOptions,
  output: JsonOutput | undefined,
  interrupt: Interrupt,
): Promise<number> {
  const { signal } = interrupt;
  try {
    const isReady = !options.reset || (await reset(app, options, signal));
    return isReady ? await update(app, options, output, interrupt) : EXIT_CODES.failed;
  } catch (error) {
    if (error === signal.reason) return EXIT_CODES.failed;
    throw error;
  }
}

/** Whether the app starts from nothing now: the user may have thought better of it. */
async function reset(
  app: App,
  { adopt = false, force = false }: ShownUpdateOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await hasState(app))) return true;
  const isAgreed = force || (await confirm(`Drop app "${app.name}" and all that it has made, before it runs?`));
  if (isAgreed) await app.drop({ adopt, signal });
  else process.stderr.write("Nothing was dropped, nothing was run\n");
  return isAgreed;
}

async function update(
  app: App,
  options: ShownUpdateOptions,
  output: JsonOutput | undefined,
  interrupt: Interrupt,
): Promise<number> {
  const {
    adopt = false,
    fullReprocess = false,
    live = false,
    maxDeletes,
    interval = usualInterval(options.mode),
  } = options;
  const isPrinting = output === undefined && options.mode !== "none";
  const state = stateOf(app.environment);
  // Stats groups that ask to be printed are not printed, either.
  if (!isPrinting) state.stdoutReporter = async () => {};
  const log = options.verbose === true ? new FailureLog() : undefined;
  // Failures are summed up at the end.
  state.exceptionLog = log?.handle ?? (() => {});
  const { signal } = interrupt;
  const handle = app.update({ adopt, fullReprocess, live, maxDeletes, signal, reportToStdout: isPrinting && interval });
  if (live) interrupt.stopWith(stopOnceCaughtUp(handle));
  const streaming = output && streamRun(handle, { app: app.name, output, intervalMs: interval });
  using _progress = noteProgress(() => listInProgress(handle));
  const observation = new RunObservation((failure) => log?.take(failure));
  observation.start(handle);
  const [outcome] = await Promise.allSettled([handle.result(), observation.ended(), streaming]);
  const { causes, numErrors } = observation;
  await tellGitHub(app.name, observation, process.env);
  if (outcome.status === "rejected") {
    // What ended the run is shown in full by whoever catches it.
    printFailures(causes.filter(({ count, first }) => count > 1 || first.error !== outcome.reason));
    printAdvice([...causes.map(({ first }) => first.error), outcome.reason]);
    throw outcome.reason;
  }
  printFailures(causes, numErrors);
  printAdvice(causes.map(({ first }) => first.error));
  return numErrors > 0 ? EXIT_CODES.doneWithFailures : EXIT_CODES.done;
}

/** The functions that components of the run outside stats groups are in the middle of. */
function listInProgress(handle: UpdateHandle<unknown>): string[] {
  return Object.entries(handle.stats()?.byComponent ?? {}).flatMap(([name, { numInProgress }]) =>
    numInProgress > 0 ? [`${toPlainText(name)} (${numInProgress})`] : [],
  );
}

/** Stops a live run in good order; not while it is catching up, which may take long. */
function stopOnceCaughtUp(handle: UpdateHandle<unknown>): () => boolean {
  let hasCaughtUp = false;
  const watch = async (): Promise<void> => {
    for await (const { status } of handle.watch()) {
      hasCaughtUp = status === UpdateStatus.READY;
      if (hasCaughtUp) return;
    }
  };
  // Whoever has the result has the error.
  void watch().catch(() => {});
  return () => {
    if (hasCaughtUp) void handle.stop();
    return hasCaughtUp;
  };
}

function usualInterval(mode: ProgressMode): number {
  return mode === "tty" ? LIVE_INTERVAL_MS : DEFAULT_REPORT_INTERVAL_MS;
}

function printFailures(causes: readonly FailureCause[], numErrors = 0): void {
  for (const line of renderFailures(causes, numErrors)) process.stderr.write(`${line}\n`);
}

/** Prints the remedies for modules that components import and that are not there, each once. */
function printAdvice(errors: readonly unknown[]): void {
  const advice = new Set(errors.map(adviseOnMissingImport).filter((each) => each !== undefined));
  for (const each of advice) process.stderr.write(`\n${each}\n`);
}
