import { isPromise } from "node:util/types";
import { silencePromises } from "./silence-promises.ts";

const UNDEFINED_HINT =
  "; an import is undefined while its module still waits for this one (a circular import), and so is a misspelt property";
const PROMISE_HINT = "; await it first";

/**
 * The usual cause, or the remedy, of a wrong argument, to follow "got …" in an error message; empty where there is none. The argument is
 * refused: the rejections of promises are handled here.
 */
export function argumentHint(value: unknown): string {
  silencePromises(value);
  if (value === undefined) return UNDEFINED_HINT;
  return isPromise(value) ? PROMISE_HINT : "";
}
