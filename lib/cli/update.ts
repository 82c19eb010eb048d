import type { App } from "../app/app.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODES } from "./exit.ts";
import { renderFailures } from "./failure-summary.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { takeStdout, type JsonOutput } from "./json-output.ts";
import { loadApp } from "./load-app.ts";
import { reportError } from "./report-error.ts";
import { streamSnapshots } from "./stream-snapshots.ts";

/** Options of {@link runUpdate}. */
export interface UpdateCommandOptions {
  readonly quiet?: boolean;
  readonly fullReprocess?: boolean;
  readonly reset?: boolean;
  readonly force?: boolean;
  /** The least time between two reports, in milliseconds. */
  readonly interval?: number;
  readonly json?: boolean;
}

const DEFAULT_INTERVAL_MS = 1000;

/** `tidemark update`: runs an app once and resolves with the exit code. */
export async function runUpdate(argument: string, options: UpdateCommandOptions): Promise<number> {
  using output = options.json ? takeStdout() : undefined;
  const app = await loadApp(argument);
  await using _environment = app.environment;
  if (options.reset && !(await reset(app, options))) return EXIT_CODES.failed;
  return update(app, options, output);
}

/** Whether the app was dropped: the user may have thought better of it. */
async function reset(app: App, { force = false }: UpdateCommandOptions): Promise<boolean> {
  const isAgreed = force || (await confirm(`Drop app "${app.name}" and all that it has made, before it runs?`));
  if (isAgreed) await app.drop();
  else process.stderr.write("Nothing was dropped, nothing was run\n");
  return isAgreed;
}

async function update(app: App, options: UpdateCommandOptions, output: JsonOutput | undefined): Promise<number> {
  using interrupt = listenForInterrupt();
  const { interval = DEFAULT_INTERVAL_MS, fullReprocess = false } = options;
  const isPrinting = output === undefined && !options.quiet;
  const handle = app.update({ fullReprocess, signal: interrupt.signal, reportToStdout: isPrinting && interval });
  const [outcome] = await Promise.allSettled([
    handle.result(),
    output && streamSnapshots(app.name, handle, output, interval),
  ]);
  if (interrupt.exitCode !== undefined) return interrupt.exitCode;
  const failures = handle.failures();
  if (isPrinting) for (const line of renderFailures(failures)) process.stderr.write(`${line}\n`);
  if (outcome.status === "rejected") return reportError(outcome.reason);
  return failures.length > 0 ? EXIT_CODES.doneWithFailures : EXIT_CODES.done;
}
