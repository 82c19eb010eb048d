import type { MiddlewareHandler } from "hono";
import { isLoopback } from "./address.ts";

/** The names under which a container finds the machine it is on; nobody else can have them resolved. */
const CONTAINER_NAMES = new Set(["host.docker.internal", "host.containers.internal"]);

/**
 * Turns away requests for a name that is not one of this machine. A page from elsewhere could have its own name resolved to the
 * loopback address, and would then be allowed by the browser to read what is served there.
 */
export function checkHost(allowedHosts: readonly string[]): MiddlewareHandler {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return async (context, next) => {
    const host = hostNameOf(context.req.header("host") ?? "");
    const isThisMachine = isLoopback(host) || host.endsWith(".localhost") || CONTAINER_NAMES.has(host);
    if (isThisMachine || allowed.has(host)) return next();
    return context.text(`This server does not answer for the host "${host}": add it to \`allowedHosts\`\n`, 403);
  };
}

/** The host of a Host header, without its port and brackets. */
function hostNameOf(header: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header.trim());
  return (match?.[1] ?? match?.[2] ?? "").toLowerCase();
}
