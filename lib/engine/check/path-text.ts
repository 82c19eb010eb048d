import { decodePath, formatPath } from "../../state/stable-key.ts";
import { quietly } from "./quietly.ts";

/** An encoded path, or several parts of one, for people; in hexadecimal digits where it is damaged. */
export function pathText(...parts: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(parts);
  return quietly(() => formatPath(decodePath(bytes))) ?? `0x${bytes.toString("hex")}`;
}
