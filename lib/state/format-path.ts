import { isSymbolKey, type StableKey } from "./key.ts";

/** Renders a path for people, such as `/@processDoc/"guide/intro.md"/1`; the root is `/`. */
export function formatPath(keys: readonly StableKey[]): string {
  return keys.length === 0 ? "/" : keys.map((key) => `/${formatKey(key)}`).join("");
}

function formatKey(key: StableKey): string {
  if (typeof key === "string") return JSON.stringify(key);
  if (typeof key === "bigint") return `${key}n`;
  if (typeof key !== "object" || key === null) return String(key);
  if (key instanceof Uint8Array) return `0x${Buffer.from(key).toString("hex")}`;
  if (isSymbolKey(key)) return `@${isName(key.symbolKey) ? key.symbolKey : JSON.stringify(key.symbolKey)}`;
  return `[${key.map(formatKey).join(", ")}]`;
}

function isName(text: string): boolean {
  return /^[\p{L}\p{N}_$.:#-]+$/u.test(text);
}
