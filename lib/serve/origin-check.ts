import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

/**
 * Lets pages from `allowedOrigins` read (CORS), and turns away what a page from any other origin asks for: there is nothing here
 * for it, and it could only take connections.
 */
export function checkOrigin(allowedOrigins: readonly string[]): MiddlewareHandler {
  const allowed = new Set(allowedOrigins);
  const share = cors({
    origin: [...allowedOrigins],
    allowMethods: ["GET", "HEAD"],
    allowHeaders: ["Authorization", "Last-Event-ID"],
    exposeHeaders: ["Retry-After"],
    maxAge: 600,
  });
  return async (context, next) => {
    const origin = context.req.header("origin");
    if (origin !== undefined && allowed.has(origin)) return share(context, next);
    const site = context.req.header("sec-fetch-site");
    const isForeign = origin !== undefined && hostOf(origin) !== context.req.header("host");
    const isNavigation = context.req.header("sec-fetch-mode") === "navigate";
    if (!isForeign && (site !== "cross-site" || isNavigation)) return next();
    return context.text("This server does not answer to pages from elsewhere: add yours to `allowedOrigins`\n", 403);
  };
}

/** Throws unless all of them are origins in the form in which browsers send them. */
export function requireOrigins(origins: readonly string[]): void {
  for (const origin of origins) {
    if (typeof origin === "string" && URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw new TypeError(
      'Cannot serve: `allowedOrigins` must be origins such as "https://dashboard.example", with nothing behind the host and port, ' +
        `got ${JSON.stringify(origin)}`,
    );
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
