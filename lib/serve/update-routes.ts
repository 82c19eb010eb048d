import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono, type Context } from "hono";
import { toPrintableJson } from "../text/plain-text.ts";
import { createFinalEvents } from "./create-report-event.ts";
import { EVENT_HEADERS } from "./event-client.ts";
import type { EventHub } from "./event-hub.ts";
import { END_ID } from "./client/report-event.ts";
import type { ServedUpdates } from "./served-updates.ts";
import { summarizeUpdate } from "./client/update-summary.ts";

interface Bindings {
  Bindings: HttpBindings;
}

/** The routes of updates: as JSON, and as events. */
export function createUpdateRoutes(updates: ServedUpdates, hub: EventHub): Hono<Bindings> {
  const routes = new Hono<Bindings>();
  routes.get("/api/updates", async (context) => {
    const list = await updates.list();
    if (context.req.query("view") !== "summary") return answerJson(context, list);
    return answerJson(context, { ...list, updates: list.updates.map(summarizeUpdate) });
  });
  routes.get("/api/events", (context) => follow(context, hub, undefined));
  routes.get("/api/updates/:id", async (context) => {
    const record = await updates.find(context.req.param("id"));
    return record === undefined ? context.notFound() : answerJson(context, record);
  });
  routes.get("/api/updates/:id/events", async (context) => {
    const id = context.req.param("id");
    if (updates.findLogged(id)?.isRunning === true) return follow(context, hub, id);
    const record = await updates.find(id);
    if (record === undefined) return context.notFound();
    // An EventSource asks again after the end, until it is told that there is nothing more.
    if (context.req.header("last-event-id") === END_ID) return context.body(null, 204);
    const events = createFinalEvents(record).map((event) => {
      return `${event.groupIndex === null ? `id: ${END_ID}\n` : ""}data: ${toPrintableJson(event)}\n\n`;
    });
    return context.body(events.join(""), 200, EVENT_HEADERS);
  });
  return routes;
}

function answerJson(context: Context<Bindings>, value: object): Response {
  return context.body(toPrintableJson(value), 200, { "content-type": "application/json" });
}

function follow(context: Context<Bindings>, hub: EventHub, topic: string | undefined): Response {
  const { incoming, outgoing } = context.env;
  if (incoming.method === "HEAD") return context.body(null, 200, EVENT_HEADERS);
  if (hub.isFull) return context.text("Too many clients follow already\n", 503, { "retry-after": "10" });
  // What was set for all answers, such as that a page may read them, is lost where one is written by hand.
  outgoing.setHeaders(context.res.headers);
  // It has limits of its own.
  outgoing.setTimeout(0);
  hub.follow(outgoing, topic, context.req.header("last-event-id"));
  return RESPONSE_ALREADY_SENT;
}
