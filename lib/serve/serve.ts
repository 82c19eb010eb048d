import { stateOf, type Environment } from "../app/environment.ts";
import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { ANYTHING, BOOLEAN, SIGNAL, type OptionCheck } from "../options/option-check.ts";
import { processTally } from "../progress/process-tally.ts";
import { processUpdates } from "../progress/record/update-log.ts";
import { systemClock } from "../time/system-clock.ts";
import { createPrometheusProvider, METRICS_CONTENT_TYPE } from "../telemetry/prometheus-provider.ts";
import { EventHub } from "./event-hub.ts";
import { formatAddress, isLoopback, requireAddress, urlOf } from "./address.ts";
import type { HostCheckOptions } from "./host-check.ts";
import { listen } from "./listener.ts";
import { requireOrigins } from "./origin-check.ts";
import { createRoutes } from "./routes.ts";
import { Scrapes } from "./scrapes.ts";
import { shareCalls } from "./share-calls.ts";
import { ServedUpdates } from "./served-updates.ts";
import { describeShortToken, isShortToken, isToken, TOKEN_RULE } from "./client/token.ts";

/** Options of {@link serve}. */
export interface ServeOptions {
  /** The name or address to listen on. Beyond this machine it needs a `token`, or `insecure`. @default "127.0.0.1" */
  readonly host?: string;
  /** 0 for any free one. @default 9464 */
  readonly port?: number;
  /** Whose updates are served. @default those of all environments of the process */
  readonly environment?: Environment;
  /**
   * The secret that clients must send as `Authorization: Bearer <token>`, of at least 16 characters; `/healthz` answers without. Answers to
   * wrong ones are delayed. @default none
   */
  readonly token?: string;
  /** Lets anybody who can reach the server read from it. @default false */
  readonly insecure?: boolean;
  /**
   * Further host names that requests may be for, beside those of this machine; where the server is for others too, addresses and
   * names without a dot are always accepted. @default none; any where others need a `token`
   */
  readonly allowedHosts?: readonly string[];
  /** The origins whose pages may read (CORS), such as `"https://dashboard.example"`. @default none but its own page's */
  readonly allowedOrigins?: readonly string[];
  /** The most series of one instrument; further ones are counted in one without labels. @default 50000 */
  readonly maxSeries?: number;
}

const HOST_NAMES: OptionCheck = {
  wanted: "an array of host names",
  accepts: (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
};

const CHECKS: OptionChecks<ServeOptions> = {
  // Checked by `requireAddress`, `stateOf`, `requireSecrecy`, `requireOrigins` and the Prometheus provider.
  host: ANYTHING,
  port: ANYTHING,
  environment: ANYTHING,
  token: ANYTHING,
  maxSeries: ANYTHING,
  insecure: BOOLEAN,
  allowedHosts: HOST_NAMES,
  allowedOrigins: { wanted: "an array of origins", accepts: (value) => Array.isArray(value) },
};

/** Options of {@link ProgressServer.nextScrape}. */
export interface NextScrapeOptions {
  /** Ends the waiting: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const SCRAPE_CHECKS: OptionChecks<NextScrapeOptions> = { signal: SIGNAL };

/** What {@link serve} has opened. */
export interface ProgressServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Without a slash at its end. */
  readonly url: string;
  /**
   * Resolves when a scrape of `/metrics` that begins from now on has been answered: what has been counted until now has then
   * been fetched. Rejects with the reason when `signal` is aborted first.
   */
  nextScrape(options?: NextScrapeOptions): Promise<void>;
  /** Stops serving and counting; a second call is harmless. */
  close(): Promise<void>;
}

/** The port that Prometheus exporters of OpenTelemetry have. */
const DEFAULT_PORT = 9464;

/**
 * Serves the progress of all updates of this process, or of one environment: those to come, and those in progress with all that
 * they have counted so far. Durations in `/metrics` begin with it: a histogram cannot take over earlier ones.
 *
 * `/metrics` has Prometheus' text format; `/healthz` answers while the server does. The server keeps the process alive until it is
 * closed.
 *
 * @throws TypeError, RangeError for a wrong option; TidemarkError `ADDRESS_UNAVAILABLE` when it cannot listen there
 */
export async function serve(options: ServeOptions = {}): Promise<ProgressServer> {
  checkOptions("serve", options, CHECKS);
  const { allowedOrigins = [], environment, host = "127.0.0.1", maxSeries, port = DEFAULT_PORT, token } = options;
  requireAddress({ host, port }, "serve");
  requireOrigins(allowedOrigins);
  requireSecrecy(options, host, port);
  if (environment !== undefined) stateOf(environment);
  const prometheus = createPrometheusProvider(maxSeries === undefined ? {} : { maxSeries });
  const scrapes = new Scrapes();
  const updates = new ServedUpdates(processUpdates, environment);
  const hub = new EventHub({ log: processUpdates, clock: systemClock, accepts: (update) => updates.accepts(update) });
  const routes = createRoutes({
    scrapes,
    updates,
    hub,
    token,
    renderMetrics: shareCalls(() => prometheus.render()),
    metricsContentType: METRICS_CONTENT_TYPE,
    hosts: hostsOf(options, host),
    allowedOrigins,
  });
  const listener = await listen({ host, port }, routes.fetch).catch(async (error: unknown) => {
    hub.close();
    updates.close();
    await prometheus.shutdown();
    throw error;
  });
  const stopCounting = processTally.exportTo(prometheus.meterProvider, environment && { environment });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      hub.close();
      updates.close();
      await listener.close();
      stopCounting();
      await prometheus.shutdown();
    })();
    return closing;
  };
  return {
    ...listener.address,
    url: urlOf(listener.address),
    nextScrape: async (given = {}) => {
      const { signal } = checkOptions("wait for a scrape", given, SCRAPE_CHECKS);
      await scrapes.next(signal);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function hostsOf({ allowedHosts, token }: ServeOptions, host: string): HostCheckOptions {
  const isLocal = isLoopback(host);
  // A page that comes by a name of its own does not have the token: only the server's own origin does.
  const isAnyHostAllowed = !isLocal && token !== undefined && allowedHosts === undefined;
  return { isLocal, allowedHosts: isAnyHostAllowed ? "any" : [host, ...(allowedHosts ?? [])] };
}

function requireToken(token: string): void {
  const isWellFormed = typeof token === "string" && isToken(token);
  if (!isWellFormed) throw new TypeError(`Cannot serve: \`token\` must be ${TOKEN_RULE}`);
  if (isShortToken(token)) throw new RangeError(`Cannot serve: ${describeShortToken("`token`", token)}`);
}

function requireSecrecy({ insecure = false, token }: ServeOptions, host: string, port: number): void {
  if (token !== undefined) requireToken(token);
  if (token !== undefined || insecure || isLoopback(host)) return;
  throw new TypeError(
    `Cannot serve on ${formatAddress({ host, port })}: others than this machine could read what is served there; give a ` +
      "`token` that they must have, or `insecure: true` to let everybody",
  );
}
