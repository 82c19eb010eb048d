import type { ExceptionContext } from "../engine/exceptions.ts";
import { toPlainText } from "../text/plain-text.ts";
import { formatUserStack } from "./user-stack.ts";

/** Prints a failed component in full on standard error: where it is, and the error with the user's frames. */
export function logFailure(error: unknown, { component, path }: ExceptionContext): void {
  process.stderr.write(`✗ ${toPlainText(component)} at ${toPlainText(path)} failed:\n${formatUserStack(error)}\n`);
}
