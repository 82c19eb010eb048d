import type { ExceptionContext } from "../engine/run/exceptions.ts";
import { formatError } from "../text/error-text.ts";

/** Logs the failure of a component on the console's error stream. Never throws: an error that cannot be read is logged in short. */
export function logException(error: unknown, { component, path }: ExceptionContext): void {
  const what = `tidemark: component \`${component}\` at ${path} failed:`;
  try {
    // oxlint-disable-next-line no-console -- a failure that no handler has asked for must not vanish
    console.error(what, error);
  } catch {
    // oxlint-disable-next-line no-console -- as above
    console.error(what, formatError(error));
  }
}
