import type { ExceptionContext } from "../engine/run/exceptions.ts";

/** Logs the failure of a component on the console's error stream. */
export function logException(error: unknown, { component, path }: ExceptionContext): void {
  // oxlint-disable-next-line no-console -- a failure that no handler has asked for must not vanish
  console.error(`tidemark: component \`${component}\` at ${path} failed:`, error);
}
