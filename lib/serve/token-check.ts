import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { HTTPException } from "hono/http-exception";
import { hash, timingSafeEqual } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Clock } from "../time/clock.ts";
import { FailedTries, RETRY_AFTER_SECONDS } from "./failed-tries.ts";

/**
 * Turns away requests without `token` (401, or 400 for a malformed header). The answer to a wrong token is delayed; beyond a number of
 * delayed answers, it is 429 at once. A request with the right token is never delayed or turned away.
 */
export function checkToken(token: string, clock: Clock): MiddlewareHandler {
  const wanted = digestOf(token);
  const failures = new FailedTries(clock);
  return bearerAuth({
    verifyToken: async (given, context: Context<{ Bindings: HttpBindings }>) => {
      // Digests have one length, so the comparison tells nothing about the length of the token either.
      if (timingSafeEqual(digestOf(given), wanted)) return true;
      const { incoming, outgoing } = context.env;
      if (await failures.delay(incoming.socket.remoteAddress ?? "", closeSignal(outgoing))) return false;
      throw tooManyError();
    },
  });
}

function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

/** Aborted when the client has left. */
function closeSignal(outgoing: ServerResponse): AbortSignal {
  const closing = new AbortController();
  outgoing.once("close", () => closing.abort());
  return closing.signal;
}

function tooManyError(): HTTPException {
  const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };
  return new HTTPException(429, { res: new Response("Too many wrong tokens\n", { status: 429, headers }) });
}
