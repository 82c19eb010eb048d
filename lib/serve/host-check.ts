import type { MiddlewareHandler } from "hono";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { isLoopback } from "./address.ts";

/** What a {@link checkHost} lets pass. */
export interface HostCheckOptions {
  /** Further hosts, or all. */
  readonly allowedHosts: readonly string[] | "any";
  /** Whether only this machine can reach the server. */
  readonly isLocal: boolean;
}

/** The names under which a container finds the machine it is on; nobody else can have them resolved. */
const CONTAINER_NAMES = new Set(["host.docker.internal", "host.containers.internal"]);

/**
 * Turns away requests for a name that is not one of this machine, or of its network where the server is for others too. A page
 * from elsewhere could have its own name resolved to the address of the server, and would then be allowed by the browser to read
 * what is served there.
 */
export function checkHost({ allowedHosts, isLocal }: HostCheckOptions): MiddlewareHandler {
  if (allowedHosts === "any") return (_context, next) => next();
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const isExpected = isLocal ? isThisMachine : (host: string) => isThisMachine(host) || isOfNetwork(host);
  return async (context, next) => {
    const host = hostNameOf(context.req.header("host") ?? "");
    if (isExpected(host) || allowed.has(host)) return next();
    return context.text(`This server does not answer for the host "${host}": add it to \`allowedHosts\`\n`, 403);
  };
}

function isThisMachine(host: string): boolean {
  return isLoopback(host) || host.endsWith(".localhost") || CONTAINER_NAMES.has(host);
}

/** An address has no name to be resolved; one without a dot is looked up in the network of the client, such as that of a container. */
function isOfNetwork(host: string): boolean {
  return isIP(host) !== 0 || /^[a-z0-9_-]+$/.test(host) || host === hostname().toLowerCase();
}

/** The host of a Host header, without its port and brackets. */
function hostNameOf(header: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header.trim());
  return (match?.[1] ?? match?.[2] ?? "").toLowerCase();
}
