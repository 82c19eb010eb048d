import { BlockList, isIP, isIPv6 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Where a server listens. */
export interface Address {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Throws unless a server could listen there; `act` says what for. */
export function requireAddress({ host, port }: Address, act: string): void {
  if (typeof host !== "string" || host === "") {
    throw new TypeError(`Cannot ${act}: \`host\` must be a host name or an IP address, got ${JSON.stringify(host)}`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Cannot ${act}: \`port\` must be an integer from 0 to 65535, got ${String(port)}`);
  }
}

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === "localhost";
  return loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** An address as people write it. */
export function formatAddress({ host, port }: Address): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Where a browser of this machine finds what listens there. */
export function urlOf({ host, port }: Address): string {
  if (host === "0.0.0.0") return `http://${formatAddress({ host: "127.0.0.1", port })}`;
  if (host === "::") return `http://${formatAddress({ host: "::1", port })}`;
  return `http://${formatAddress({ host, port })}`;
}
