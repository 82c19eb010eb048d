import { createAdaptorServer } from "@hono/node-server";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { TidemarkError } from "../errors.ts";
import { formatError } from "../text/error-text.ts";
import type { Clock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import { systemClock } from "../time/system-clock.ts";
import { formatAddress, type Address } from "./address.ts";

/** A client that has not sent its request by then is turned away. */
const REQUEST_TIMEOUT_MS = 10_000;

/** A client that takes nothing of its answer for so long is given up. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The most connections, which bounds the memory and the file descriptors that clients can take from the process. */
const MAX_CONNECTIONS = 4000;

/** The time that answers in progress have to end when the server is closed. */
const GRACE_MS = 1_000;

/** How long a listener waits for clients, in milliseconds, how many it takes, and its clock. */
export interface ListenOptions {
  /** @default 10000 */
  readonly requestTimeoutMs?: number;
  /** @default 60000 */
  readonly answerTimeoutMs?: number;
  /** Further connections are closed at once. @default 4000 */
  readonly maxConnections?: number;
  /** Measures the time that answers in progress are given by `close`. @default the system's */
  readonly clock?: Clock;
}

/** An HTTP server that listens. */
export interface Listener {
  readonly address: Address;
  /** Stops listening and ends all connections. Answers in progress have a second to end. */
  close(): Promise<void>;
}

/**
 * Listens for HTTP requests, which `fetch` answers.
 *
 * @throws TidemarkError `ADDRESS_UNAVAILABLE`
 */
export async function listen(
  { host, port }: Address,
  fetch: Parameters<typeof createAdaptorServer>[0]["fetch"],
  options: ListenOptions = {},
): Promise<Listener> {
  const { answerTimeoutMs = ANSWER_TIMEOUT_MS, clock = systemClock, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const { maxConnections = MAX_CONNECTIONS } = options;
  const server = createAdaptorServer({
    fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 10,
    },
  }) as Server;
  server.setTimeout(answerTimeoutMs);
  server.maxConnections = maxConnections;
  server.on("request", (_request, response) => {
    // Once closed, a server still keeps a connection open whose answer ends: for the next request, which is not to come.
    response.once("close", () => void (server.listening || setImmediate(() => server.closeIdleConnections())));
  });
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    throw unavailableError({ host, port }, error);
  }
  const found = server.address() as AddressInfo;
  return { address: { host, port: found.port }, close: () => close(server, clock) };
}

async function close(server: Server, clock: Clock): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const waiting = new AbortController();
  await Promise.race([closed, pause(GRACE_MS, { clock, signal: waiting.signal }).catch(() => {})]);
  waiting.abort();
  server.closeAllConnections();
  await closed;
}

function unavailableError(address: Address, error: unknown): TidemarkError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === "EADDRINUSE" ? "the port is in use" : formatError(error);
  return new TidemarkError(
    "ADDRESS_UNAVAILABLE",
    `Cannot serve on ${formatAddress(address)}: ${reason}; choose another \`port\`, or 0 for any free one`,
    { cause: error, facts: { ...address } },
  );
}
