import { describeValue } from "../options/describe-value.ts";
import type { DeleteLimit } from "./run/delete-limit.ts";

/** The most components that may vanish below one owner: a number of them, or a share of all below it, such as `"20%"`. */
export type MaxDeletes = number | `${number}%`;

/**
 * Reads a `maxDeletes` option; `undefined` for no limit. `act` says what the caller wants to do, for the error.
 *
 * @throws TypeError for what is neither a number nor a share; RangeError for a number that is negative or has a fraction, and for a
 *   share that is not from 0% to 100%
 */
export function readMaxDeletes(act: string, value: unknown): DeleteLimit | undefined {
  if (value === undefined || value === Infinity) return undefined;
  if (typeof value === "number") {
    if (Number.isInteger(value) && value >= 0) return { text: String(value), maxCount: value, maxShare: undefined };
    throw new RangeError(refusal(act, value));
  }
  const share = typeof value === "string" ? /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1] : undefined;
  if (share === undefined) throw new TypeError(refusal(act, value));
  if (Number(share) > 100) throw new RangeError(refusal(act, value));
  return { text: `${share}%`, maxCount: undefined, maxShare: Number(share) / 100 };
}

function refusal(act: string, value: unknown): string {
  return (
    `Cannot ${act}: \`maxDeletes\` must be an integer from 0 on, Infinity, or a share from "0%" to "100%", ` +
    `got ${describeValue(value)}`
  );
}
