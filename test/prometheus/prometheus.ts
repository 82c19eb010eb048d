import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parse, stringify } from "yaml";
import { ROOT } from "../examples/run-program.ts";
import { createTempFolder } from "../temp-folder.ts";
import { until } from "../until.ts";

/** A series of a result with its values: one for an instant query. */
export interface ResultSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** A period of time, in seconds since 1970. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** A running Prometheus with the rules of this checkout, which scrapes every second. */
export interface Prometheus extends AsyncDisposable {
  /** What an expression gives now. */
  query(expr: string): Promise<readonly ResultSeries[]>;
  /** What an expression gives over time. */
  queryRange(expr: string, range: TimeRange): Promise<readonly ResultSeries[]>;
  /** The `data` of any call of the HTTP API. */
  get<T>(path: string, parameters?: Readonly<Record<string, string>>): Promise<T>;
  /** Resolves once `expr` gives something. */
  until(expr: string): Promise<void>;
  /** Resolves once all targets have been scraped after now, twice. */
  untilScraped(): Promise<void>;
}

interface Config {
  readonly global: Record<string, string>;
  readonly scrape_configs: { readonly job_name: string; static_configs: { targets: readonly string[] }[] }[];
}

interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Starts Prometheus with the `prometheus.yml` of this checkout, its targets rewritten to `targets` (`host:port`). */
export async function startPrometheus(targets: readonly string[]): Promise<Prometheus> {
  const folder = await createTempFolder();
  try {
    await writeFile(join(folder.path, "prometheus.yml"), await rewriteConfig(targets));
    await mkdir(join(folder.path, "prometheus"));
    await cp(join(ROOT, "grafana/rules/tidemark.rules.yml"), join(folder.path, "grafana/rules/tidemark.rules.yml"));
    const { child, address } = await launch(folder.path);
    return {
      ...createClient(`http://${address}`),
      async [Symbol.asyncDispose]() {
        await stop(child);
        await folder[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

async function rewriteConfig(targets: readonly string[]): Promise<string> {
  const config = parse(await readFile(join(ROOT, "prometheus.yml"), "utf8")) as Config;
  config.global["scrape_interval"] = "1s";
  config.global["evaluation_interval"] = "1s";
  for (const job of config.scrape_configs) {
    job.static_configs = [{ targets: job.job_name === "tidemark" ? targets : [] }];
  }
  return stringify(config);
}

async function launch(folder: string): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(
    "prometheus",
    [
      "--config.file=prometheus.yml",
      "--storage.tsdb.path=data",
      "--storage.tsdb.retention.time=1d",
      "--web.listen-address=127.0.0.1:0",
    ],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const log: string[] = [];
  let address: string | undefined;
  let isReady = false;
  // Two parts of it say these at the same time, so either may come first.
  for await (const line of createInterface(child.stderr)) {
    log.push(line);
    if (line.includes("Listening on")) address = /address=(\S+)/.exec(line)?.[1];
    if (line.includes("Server is ready to receive web requests")) isReady = true;
    if (address !== undefined && isReady) break;
  }
  // The end of the loop has paused it: its log would fill the pipe, and block it.
  child.stderr.resume();
  if (address !== undefined && isReady) return { child, address };
  throw new Error(`Prometheus has not started:\n${log.join("\n")}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

type Get = Prometheus["get"];

function createClient(url: string): Omit<Prometheus, typeof Symbol.asyncDispose> {
  const get: Get = async (path, parameters = {}) => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const body = (await response.json()) as { status: string; data: never; error?: string };
    if (body.status !== "success") throw new Error(`${body.error}: ${path} ${JSON.stringify(parameters)}`);
    return body.data;
  };
  const query = async (expr: string): Promise<readonly ResultSeries[]> => toSeries(await get("query", { query: expr }));
  const untilTrue = (expr: string): Promise<void> =>
    until(async () => (await query(expr)).length > 0, { explain: () => expr });
  return {
    get,
    query,
    until: untilTrue,
    async queryRange(expr, { start, end, step }) {
      const range = { start: String(start), end: String(end), step: String(step) };
      return toSeries(await get("query_range", { query: expr, ...range }));
    },
    async untilScraped() {
      const now = Date.now() / 1000;
      // The first scrape that begins later may have its samples stored a moment after it is counted.
      await untilTrue(`min(timestamp(up{job="tidemark"})) > ${now + 1} and min(up{job="tidemark"}) == 1`);
    },
  };
}

function toSeries(data: unknown): readonly ResultSeries[] {
  const { result } = data as { readonly result: readonly RawSeries[] };
  return result.map(({ metric, value, values = [] }) => ({
    metric,
    values: (value === undefined ? values : [value]).map(([, text]) => Number(text)),
  }));
}
