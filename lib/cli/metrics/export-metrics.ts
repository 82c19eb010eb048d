import { meterProviderOf, type Environment } from "../../app/environment.ts";
import { isLoopback } from "../../serve/address.ts";
import { describeShortToken, isShortToken } from "../../serve/client/token.ts";
import { TidemarkError } from "../../errors.ts";
import type { ProgressServer } from "../../serve/serve.ts";
import { formatError } from "../../text/error-text.ts";
import { systemClock } from "../../time/system-clock.ts";
import { pause } from "../../time/pause.ts";
import { DEFAULT_LINGER_SECONDS, type MetricsOptions } from "./metrics-options.ts";
import { openTextfile } from "./textfile.ts";
import { UsageError } from "../console/usage-error.ts";

/** A meter provider of the user's program that has not taken the last numbers by then is left alone. */
const FLUSH_DEADLINE_MS = 5_000;

/** What a run's metrics are exported of, and for how long at most. */
export interface ExportMetricsContext {
  readonly environment: Environment;
  /** Ends the waiting for a last scrape. */
  readonly signal: AbortSignal;
  readonly isQuiet: boolean;
}

/**
 * Runs `run` with its metrics exported as the options say; after it, whatever came of it, its last numbers are handed to all who
 * wait for them. Says on standard error where they are.
 *
 * @throws UsageError for options that do not go together; TidemarkError when the metrics cannot be served or written
 */
export async function exportMetrics<R>(
  options: MetricsOptions,
  { environment, isQuiet, signal }: ExportMetricsContext,
  run: () => Promise<R>,
): Promise<R> {
  await using textfile = options.textfile === undefined ? undefined : await openTextfile(options.textfile, environment);
  await using server = await openServerIfPossible(options, environment);
  const say = (text: string): void => void (isQuiet || process.stderr.write(`${text}\n`));
  if (server !== undefined) say(`Progress is at ${server.url}, metrics are at ${server.url}/metrics`);
  const [ended] = await Promise.allSettled([run()]);
  const [written] = await Promise.allSettled([textfile?.write(), flushHost(environment)]);
  if (server !== undefined && options.linger !== undefined) await linger(server, options.linger, signal, say);
  if (written.status === "rejected") {
    if (ended.status === "fulfilled") throw written.reason;
    process.stderr.write(`error: ${formatError(written.reason)}\n`);
  }
  if (ended.status === "rejected") throw ended.reason;
  return ended.value;
}

/** With `--serve-optional` a run that cannot be served goes on without. */
async function openServerIfPossible(
  options: MetricsOptions,
  environment: Environment,
): Promise<ProgressServer | undefined> {
  try {
    return await openServer(options, environment);
  } catch (error) {
    const isUnavailable = error instanceof TidemarkError && error.code === "ADDRESS_UNAVAILABLE";
    if (!isUnavailable || options.serveOptional !== true) throw error;
    process.stderr.write(`warning: ${error.message}; the run goes on without\n`);
    return undefined;
  }
}

async function openServer(options: MetricsOptions, environment: Environment): Promise<ProgressServer | undefined> {
  const { insecure = false, linger: lingering, serve: place, serveOptional = false } = options;
  if (place === undefined) {
    if (serveOptional) throw new UsageError("--serve-optional says what to do without a server: it needs --serve");
    if (lingering !== undefined) throw new UsageError("--linger waits for a scrape: it needs --serve");
    if (insecure) throw new UsageError("--insecure says who may read what is served: it needs --serve");
    return undefined;
  }
  const { host, port } = place === true ? {} : place;
  const token = process.env["TIDEMARK_TOKEN"] || undefined;
  if (host !== undefined && !isLoopback(host) && token === undefined && !insecure) {
    throw new UsageError(
      `--serve ${host} lets others than this machine read: set TIDEMARK_TOKEN to what they must send, or add --insecure`,
    );
  }
  if (token !== undefined && isShortToken(token)) throw new UsageError(describeShortToken("TIDEMARK_TOKEN", token));
  const { serve } = await import("../../serve/serve.ts");
  return serve({
    environment,
    insecure,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(token !== undefined && { token }),
  });
}

async function linger(
  server: ProgressServer,
  atMost: true | number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const seconds = atMost === true ? DEFAULT_LINGER_SECONDS : atMost;
  if (signal.aborted) return;
  say(`Waiting for a last scrape, at most ${seconds} s`);
  const deadline = AbortSignal.timeout(seconds * 1000);
  try {
    await server.nextScrape({ signal: AbortSignal.any([signal, deadline]) });
  } catch {
    if (deadline.aborted) process.stderr.write("warning: No scrape came: Prometheus has not seen the last numbers\n");
  }
}

/** Has a meter provider of the user's program export what it has, because the process ends without asking it. */
async function flushHost(environment: Environment): Promise<void> {
  const provider = meterProviderOf(environment);
  if (provider === undefined || !("forceFlush" in provider) || typeof provider.forceFlush !== "function") return;
  const done = new AbortController();
  const flush = provider.forceFlush.bind(provider) as () => unknown;
  const late = pause(FLUSH_DEADLINE_MS, { clock: systemClock, signal: done.signal }).then(
    () => "late",
    () => "done",
  );
  try {
    if ((await Promise.race([flush(), late])) === "late") throw new Error(`not done after ${FLUSH_DEADLINE_MS} ms`);
  } catch (error) {
    process.stderr.write(`warning: The program's meter provider has not exported all metrics: ${formatError(error)}\n`);
  } finally {
    done.abort();
  }
}
