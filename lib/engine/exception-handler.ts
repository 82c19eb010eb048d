import type { ExceptionHandler } from "./run/exceptions.ts";
import { argumentHint } from "../options/argument-hint.ts";
import { describeValue } from "../options/describe-value.ts";
import { requireFrame } from "./run/frame.ts";

/**
 * Runs `body` with `handler` for the failures of the components that it mounts; the innermost handler is asked first.
 * Components mounted by those components are not covered: they have their own handlers, then the environment's.
 */
export function exceptionHandler<T>(handler: ExceptionHandler, body: () => T): T {
  if (typeof handler !== "function") throw new TypeError("Cannot set an exception handler: it must be a function");
  if (typeof body !== "function") {
    const got = `${describeValue(body)}${argumentHint(body)}`;
    throw new TypeError(`Cannot set an exception handler: its body must be a function, got ${got}`);
  }
  const frame = requireFrame("set an exception handler");
  return frame.within({ handlers: [handler, ...frame.scope.handlers] }, body);
}
