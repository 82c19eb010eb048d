import type { ExceptionContext, ExceptionHandler } from "../engine/run/exceptions.ts";

let log: ExceptionHandler = (error, context) => {
  // oxlint-disable-next-line no-console -- a failure that nobody has asked for must not vanish
  console.error(`tidemark: component \`${context.component}\` at ${context.path} failed:`, error);
};

/** The handler of environments that are given none: logs the failure, on the console's error stream unless told otherwise. */
export function logException(error: unknown, context: ExceptionContext): void | Promise<void> {
  return log(error, context);
}

/** Says where failures are logged from now on, for a program that shows them in its own way. */
export function setExceptionLog(given: ExceptionHandler): void {
  log = given;
}
