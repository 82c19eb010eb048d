import { formatError } from "../../text/error-text.ts";
import { EXIT_CODES } from "./exit.ts";
import { describeMissingDependency } from "./missing-dependency.ts";
import { UsageError } from "./usage-error.ts";
import { formatUserStack } from "./user-stack.ts";

/** Prints what went wrong on standard error, and gives the exit code for it. */
export function reportError(error: unknown): number {
  const usage = error instanceof UsageError ? error.message : describeMissingDependency(error);
  process.stderr.write(`error: ${usage ?? describe(error)}\n`);
  return usage === undefined ? EXIT_CODES.failed : EXIT_CODES.wrongUsage;
}

/** An error of ours needs no stack. It is known by its name and code: it may come from another copy of the package. */
function describe(error: unknown): string {
  if (!(error instanceof Error && error.name === "TidemarkError" && "code" in error)) return formatUserStack(error);
  // Those of the store have their cause in the message.
  const isToldApart = error.cause !== undefined && !String(error.code).startsWith("STORE_");
  return isToldApart ? `${error.message}\n  because: ${formatError(error.cause)}` : error.message;
}
