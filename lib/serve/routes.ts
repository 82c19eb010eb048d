import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { formatError } from "../text/error-text.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system-clock.ts";
import type { EventHub } from "./event-hub.ts";
import { checkHost, type HostCheckOptions } from "./host-check.ts";
import { checkOrigin } from "./origin-check.ts";
import { createPageRoutes } from "./page-routes.ts";
import type { Scrapes } from "./scrapes.ts";
import type { ServedUpdates } from "./served-updates.ts";
import { checkToken } from "./token-check.ts";
import { createUpdateRoutes } from "./update-routes.ts";

/** What the routes are made of. */
export interface RoutesOptions {
  /** Gives the metrics as text. */
  readonly renderMetrics: () => Promise<string>;
  readonly metricsContentType: string;
  readonly scrapes: Scrapes;
  readonly updates: ServedUpdates;
  readonly hub: EventHub;
  /** The hosts that requests may be for. */
  readonly hosts: HostCheckOptions;
  /** The origins whose pages may read. */
  readonly allowedOrigins: readonly string[];
  /** What clients must show; `undefined` for nothing. */
  readonly token: string | undefined;
  /** Measures the delays of answers to wrong tokens. @default the system's */
  readonly clock?: Clock;
}

/** The routes of a server. All of them only read. */
export function createRoutes(options: RoutesOptions): Hono<{ Bindings: HttpBindings }> {
  const {
    allowedOrigins,
    clock = systemClock,
    hosts,
    hub,
    metricsContentType,
    renderMetrics,
    scrapes,
    token,
    updates,
  } = options;
  const routes = new Hono<{ Bindings: HttpBindings }>();
  routes.use(async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
  });
  // Around everything that may replace an answer: a replaced one would keep the label of the compressed one.
  routes.use(compress({ encoding: "gzip" }));
  routes.use(checkHost(hosts));
  routes.use(checkOrigin(allowedOrigins));
  routes.use(methodNotAllowed({ app: routes }));
  // Before the token is asked for: who supervises the process need not be able to read from it, and the page asks for it itself.
  routes.get("/healthz", (context) => context.text("ok\n"));
  routes.route("/", createPageRoutes());
  if (token !== undefined) routes.use(checkToken(token, clock));
  routes.route("/", createUpdateRoutes(updates, hub));
  routes.get("/metrics", async (context) => {
    const { incoming, outgoing } = context.env;
    const end = scrapes.begin();
    const text = await renderMetrics();
    if (incoming.method === "GET") outgoing.once("finish", end);
    return context.body(text, 200, { "content-type": metricsContentType });
  });
  routes.notFound((context) => context.text("Not found\n", 404));
  routes.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    return context.text(`${formatError(error)}\n`, 500);
  });
  return routes;
}
