import { isPromise } from "node:util/types";

/**
 * Handles the rejection of a promise that is refused, or of those that a refused value holds: nobody awaits them, and a rejection that
 * nobody handles ends the process. Other thenables are left alone: some begin their work when they are awaited.
 */
export function silencePromises(refused: unknown): void {
  if (typeof refused !== "object" || refused === null) return;
  for (const value of [refused, ...valuesIn(refused)]) {
    if (isPromise(value)) value.catch(() => {});
  }
}

function valuesIn(holder: object): Iterable<unknown> {
  if (Array.isArray(holder) || holder instanceof Set) return holder;
  if (holder instanceof Map) return holder.values();
  // An accessor may throw.
  return Object.values(Object.getOwnPropertyDescriptors(holder)).map((property) => property.value as unknown);
}
