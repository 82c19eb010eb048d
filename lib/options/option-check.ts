/** The check of the value of one option. */
export interface OptionCheck {
  /** The accepted values in words, for the error. */
  readonly wanted: string;
  readonly accepts: (value: unknown) => boolean;
}

/** Accepts every value: the function checks it itself, or takes any. */
export const ANYTHING: OptionCheck = { wanted: "anything", accepts: () => true };

export const BOOLEAN: OptionCheck = { wanted: "true or false", accepts: (value) => typeof value === "boolean" };

export const FUNCTION: OptionCheck = { wanted: "a function", accepts: (value) => typeof value === "function" };

export const TEXT: OptionCheck = {
  wanted: "a non-empty string",
  accepts: (value) => typeof value === "string" && value !== "",
};

export const SIGNAL: OptionCheck = { wanted: "an AbortSignal", accepts: isSignal };

/** A signal may be of another realm, or a polyfill. */
function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}
