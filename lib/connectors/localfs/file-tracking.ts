import { contentHash } from "./content-hash.ts";

/** Creates the record of a file with this content: its hash and its size. */
export function trackingOf(content: Uint8Array): string {
  return `${contentHash(content)}:${content.length}`;
}

/** The hash in the record of a file. */
export function hashIn(tracking: string): string {
  const end = tracking.indexOf(":");
  return end === -1 ? tracking : tracking.slice(0, end);
}

/** The size in the record of a file, in bytes; `undefined` in one of an earlier version, which stored the hash alone. */
export function sizeIn(tracking: string): number | undefined {
  const end = tracking.indexOf(":");
  return end === -1 ? undefined : Number(tracking.slice(end + 1));
}
