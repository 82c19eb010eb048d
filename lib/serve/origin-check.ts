import type { MiddlewareHandler } from "hono";

/** Turns away what a page from another origin asks for: there is nothing here for it, and it could only take connections. */
export const checkOrigin: MiddlewareHandler = async (context, next) => {
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  const isForeign = origin !== undefined && hostOf(origin) !== context.req.header("host");
  const isNavigation = context.req.header("sec-fetch-mode") === "navigate";
  if (!isForeign && (site !== "cross-site" || isNavigation)) return next();
  return context.text("This server does not answer to pages from elsewhere\n", 403);
};

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
