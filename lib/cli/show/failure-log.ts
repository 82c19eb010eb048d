import type { ExceptionContext } from "../../engine/run/exceptions.ts";
import type { ComponentFailure } from "../../progress/report.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { formatUserStack } from "../console/user-stack.ts";

/** Of the main function. */
const ROOT_PATH = "/";

/** A component that failed. */
type FailedComponent = Pick<ComponentFailure, "component" | "path">;

/**
 * Prints failed components in full on standard error: where each is, and its error with the user's frames. It is told of them in two
 * ways, in either order, neither of which is enough: as an exception handler it is not asked where the program has one of its own, and
 * a report keeps the newest failures only.
 */
export class FailureLog {
  /** For each error and path: how often more it was told of by the handler than by the report. */
  readonly #balances = new WeakMap<object, Map<string, number>>();

  /** The exception handler of environments that have none. */
  readonly handle = (error: unknown, context: ExceptionContext): void => {
    // What is no object is not known again: the report has it.
    if (isObject(error)) this.#print(error, context, 1);
  };

  /** Takes a failure from a report. That of the main function is the run's: whoever started it has it. */
  take({ error, ...failed }: ComponentFailure): void {
    if (failed.path === ROOT_PATH) return;
    if (isObject(error)) this.#print(error, failed, -1);
    else print(error, failed);
  }

  #print(error: object, failed: FailedComponent, step: 1 | -1): void {
    const balances = this.#balances.get(error) ?? new Map<string, number>();
    this.#balances.set(error, balances);
    const balance = balances.get(failed.path) ?? 0;
    const isKnown = balance * step < 0;
    if (balance + step === 0) balances.delete(failed.path);
    else balances.set(failed.path, balance + step);
    if (!isKnown) print(error, failed);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function print(error: unknown, { component, path }: FailedComponent): void {
  process.stderr.write(`✗ ${toPlainText(component)} at ${toPlainText(path)} failed:\n${formatUserStack(error)}\n`);
}
