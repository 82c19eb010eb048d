import { inspect } from "node:util";

/** What the value of an option must be. */
export interface OptionCheck {
  /** In words, for the error. */
  readonly wanted: string;
  readonly accepts: (value: unknown) => boolean;
}

/** The options that there are, each with its check; `undefined` is always accepted. */
export type OptionChecks<T> = Readonly<Record<keyof T, OptionCheck>>;

/**
 * Checks options against what is known of each; `act` says what the caller wants to do, for the error.
 *
 * @throws TypeError for what is no object, for an option that does not exist, and for a wrong value
 */
export function checkOptions<T extends object>(act: string, options: T, checks: OptionChecks<T>): T {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${act}: the options must be an object, got ${describeValue(options)}`);
  }
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, option)) throw new TypeError(`Cannot ${act}: there is no option \`${option}\``);
    const { accepts, wanted } = checks[option as keyof T];
    if (value === undefined || accepts(value)) continue;
    throw new TypeError(`Cannot ${act}: \`${option}\` must be ${wanted}, got ${describeValue(value)}`);
  }
  return options;
}

/** A value as an error message shows it: on one line, without what is in it. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return inspect(value, { depth: -1, breakLength: Infinity });
}
