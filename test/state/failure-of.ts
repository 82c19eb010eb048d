import type { TidemarkError } from "../../lib/errors.ts";

/** The error that an action fails with; itself fails when the action does not. */
export async function failureOf(action: Promise<unknown> | (() => unknown)): Promise<TidemarkError> {
  try {
    await (typeof action === "function" ? action() : action);
  } catch (error) {
    return error as TidemarkError;
  }
  throw new Error("Expected a failure, got none");
}
