import type { ExceptionContext } from "../engine/exceptions.ts";

/** The handler of environments that are given none: writes the failure to the console's error stream, with its stack. */
export function logException(error: unknown, context: ExceptionContext): void {
  console.error(`tidemark: component \`${context.component}\` at ${context.path} failed:`, error);
}
