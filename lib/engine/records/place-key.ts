import type { StableKey } from "../../state/stable-key.ts";

/** The place in a key: the key itself, or its first part. */
export function placeOf(key: StableKey): string | undefined {
  const place: unknown = Array.isArray(key) ? key[0] : key;
  return typeof place === "string" ? place : undefined;
}

/** A key with another place in it; a key without one is returned as it is. */
export function withPlace(key: StableKey, change: (place: string) => string): StableKey {
  const place = placeOf(key);
  if (place === undefined) return key;
  const changed = change(place);
  if (changed === place) return key;
  return Array.isArray(key) ? [changed, ...(key as readonly StableKey[]).slice(1)] : changed;
}
