import { formatError } from "../text/error-text.ts";
import { EXIT_CODES } from "./exit.ts";
import { UsageError } from "./usage-error.ts";
import { formatUserStack } from "./user-stack.ts";

/** Prints what went wrong on standard error, and gives the exit code for it. */
export function reportError(error: unknown): number {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`error: ${isUsage ? error.message : describe(error)}\n`);
  return isUsage ? EXIT_CODES.wrongUsage : EXIT_CODES.failed;
}

/** An error of ours says all there is to say. It is known by its name: it may come from another copy of the package. */
function describe(error: unknown): string {
  if (!(error instanceof Error) || error.name !== "TidemarkError") return formatUserStack(error);
  return error.cause === undefined ? error.message : `${error.message}\n  because: ${formatError(error.cause)}`;
}
