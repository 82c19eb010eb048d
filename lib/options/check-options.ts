import { findNearest } from "../text/nearest.ts";
import { describeValue } from "./describe-value.ts";
import type { OptionCheck } from "./option-check.ts";
import { silencePromises } from "./silence-promises.ts";

/** All options of one function, each with its check; `undefined` is always accepted. */
export type OptionChecks<T> = Readonly<Record<keyof T, OptionCheck>>;

/** Objects with one of these tags may hold options; an array, a Map, a Promise or an AbortSignal has another tag. */
const TAGS: readonly string[] = ["[object Object]", "[object Module]"];

/**
 * Checks options against the checks of each. `act` is the caller's action in words, for the error.
 *
 * @throws TypeError unless `options` is an object of options, for an option that does not exist, and for a wrong value
 */
export function checkOptions<T extends object>(act: string, options: T, checks: OptionChecks<T>): T {
  requireObject(act, options);
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(checks, option));
  if (unknown !== undefined) throw unknownOption(act, unknown, checks);
  // A class may have its options as accessors, which are not among the keys of an instance.
  for (const option of Object.keys(checks) as (keyof T & string)[]) {
    const value = options[option];
    const { accepts, wanted } = checks[option];
    if (value === undefined || accepts(value)) continue;
    throw new TypeError(`Cannot ${act}: \`${option}\` must be ${wanted}, got ${describeValue(value)}`);
  }
  return options;
}

function requireObject(act: string, options: unknown): void {
  const tag = Object.prototype.toString.call(options);
  if (typeof options === "object" && options !== null && TAGS.includes(tag)) return;
  silencePromises(options);
  const remedy = tag === "[object Promise]" ? "; await it first" : "";
  throw new TypeError(`Cannot ${act}: the options must be an object, got ${describeValue(options)}${remedy}`);
}

function unknownOption(act: string, option: string, checks: object): TypeError {
  const names = Object.keys(checks);
  const nearest =
    findNearest(option, names) ?? names.find((name) => name.startsWith(option) || option.startsWith(name));
  const hint =
    nearest === undefined
      ? `the options are ${names.map((name) => `\`${name}\``).join(", ")}`
      : `did you mean \`${nearest}\`?`;
  return new TypeError(`Cannot ${act}: there is no option \`${option}\`; ${hint}`);
}
