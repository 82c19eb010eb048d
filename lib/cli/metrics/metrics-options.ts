import { InvalidArgumentError, type Command } from "commander";

/** The options with which a run's metrics are exported. */
export interface MetricsOptions {
  /** Where to serve them; `true` for the usual place. */
  readonly serve?: true | { readonly host?: string; readonly port?: number };
  /** Runs without a server when the place is taken. */
  readonly serveOptional?: boolean;
  /** Lets everybody who can reach the server read from it. */
  readonly insecure?: boolean;
  /** The most seconds to wait for a last scrape; `true` for the usual ones. */
  readonly linger?: true | number;
  /** The file they are written to at the end. */
  readonly textfile?: string;
}

/** How long to wait for a last scrape where nothing else is asked for: more than Prometheus' usual interval of a minute. */
export const DEFAULT_LINGER_SECONDS = 75;

/** Adds the options of {@link MetricsOptions} to a command. */
export function addMetricsOptions(command: Command): Command {
  return command
    .option(
      "--serve [host:port]",
      "serve a live page, and /metrics for Prometheus, while it runs (default: 127.0.0.1:9464)",
      parseServe,
    )
    .option("--serve-optional", "with --serve: run without it when the port is in use")
    .option("--insecure", "with --serve: let everybody read who can reach HOST, without TIDEMARK_TOKEN")
    .option(
      "--linger [seconds]",
      `with --serve: wait at the end until Prometheus has fetched the last numbers (default: at most ${DEFAULT_LINGER_SECONDS})`,
      parseLinger,
    )
    .option("--textfile <path>", "write the metrics to a file at the end, for Prometheus' node exporter: PATH.prom");
}

/** Reads HOST:PORT, where either may be missing. */
export function parseServe(text: string): { readonly host?: string; readonly port?: number } {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?(\d+)$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new InvalidArgumentError("It must be HOST:PORT or PORT, with 0 for any free port; APP comes before it.");
  }
  const host = match[1] ?? match[2] ?? "";
  return host === "" ? { port } : { host, port };
}

function parseLinger(text: string): number {
  const seconds = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new InvalidArgumentError("It must be a finite number of seconds greater than 0; APP comes before it.");
  }
  return seconds;
}
