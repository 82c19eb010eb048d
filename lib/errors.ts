import { checkOptions, type OptionChecks } from "./options/check-options.ts";
import { ANYTHING } from "./options/option-check.ts";

/** Every code a {@link TidemarkError} can carry; docs/errors.md has a row for each. */
export const TIDEMARK_ERROR_CODES = [
  "ADDRESS_UNAVAILABLE",
  "COMPONENT_CLOSED",
  "COMPONENT_PATH_TAKEN",
  "CONTAINER_DECISION_MISSING",
  "DATABASE_UNAVAILABLE",
  "DATABASE_WRITE_FAILED",
  "DROP_INCOMPLETE",
  "ENVIRONMENT_CLOSED",
  "FILE_READ_FAILED",
  "FILE_WRITE_FAILED",
  "INSIDE_MEMOIZED_CALL",
  "METRICS_UNAVAILABLE",
  "OUTSIDE_COMPONENT",
  "OUTSIDE_TARGET",
  "PROJECT_CONFLICT",
  "SCHEMA_MISMATCH",
  "SCOPE_OVERLAP",
  "SOURCE_EMPTY",
  "STORE_CLOSED",
  "STORE_CORRUPT",
  "STORE_LOCKED",
  "STORE_LOST",
  "STORE_TOO_NEW",
  "STORE_UNAVAILABLE",
  "TARGET_CONFLICT",
  "TARGET_MOVED",
  "TARGET_NAME_TAKEN",
  "TARGET_UNDEFINED",
  "TOO_MANY_DELETES",
  "WAITS_FOR_ITSELF",
  "WATCH_UNAVAILABLE",
  "WRONG_CONTEXT",
] as const;

/** One of the closed set of codes of {@link TidemarkError}. */
export type TidemarkErrorCode = (typeof TIDEMARK_ERROR_CODES)[number];

/** Options of {@link TidemarkError}: the underlying error, and facts for a program to read. */
export interface TidemarkErrorOptions {
  readonly cause?: unknown;
  readonly facts?: Readonly<Record<string, unknown>>;
}

const CHECKS: OptionChecks<TidemarkErrorOptions> = {
  cause: ANYTHING,
  facts: { wanted: "an object", accepts: (value) => typeof value === "object" && value !== null },
};

/** A failure that a caller may want to handle, told apart by its `code`. */
export class TidemarkError extends Error {
  override readonly name = "TidemarkError";
  readonly code: TidemarkErrorCode;
  /** The values the message is made of, such as `path` or `owner`. */
  readonly facts: Readonly<Record<string, unknown>>;

  /** @throws TypeError for an option that does not exist */
  constructor(code: TidemarkErrorCode, message: string, options: TidemarkErrorOptions = {}) {
    checkOptions("make an error", options, CHECKS);
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.facts = Object.freeze({ ...options.facts });
  }
}
