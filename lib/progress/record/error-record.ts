import { inspect } from "node:util";
import { formatCause, generalizeMessage } from "../../text/cause-text.ts";
import { formatError, readErrorText } from "../../text/error-text.ts";
import type { ComponentFailure } from "../report.ts";
import type { ErrorRecord, FailureRecord } from "./update-record.ts";

/** The longest message and the longest stack of a record, in UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 1000;
const MAX_STACK_LENGTH = 4000;

const records = new WeakMap<object, ErrorRecord>();

/** A thrown value as text, bounded in length. Never throws, whatever was thrown. */
export function createErrorRecord(error: unknown): ErrorRecord {
  if (typeof error !== "object" || error === null) return describe(error);
  let record = records.get(error);
  if (record === undefined) {
    record = describe(error);
    // Many components often fail with one error.
    records.set(error, record);
  }
  return record;
}

/** A failure as plain data. */
export function createFailureRecord(failure: ComponentFailure): FailureRecord {
  return {
    component: failure.component,
    path: failure.path,
    group: failure.group,
    error: createErrorRecord(failure.error),
    cause: generalizeMessage(formatCause(failure.error)),
    at: failure.at.toISOString(),
  };
}

function describe(error: unknown): ErrorRecord {
  const name = readErrorText(error, "name").toWellFormed() || "Error";
  const message = readErrorText(error, "message").toWellFormed() || formatError(error);
  // `inspect` adds the causes and the fields of an error to its stack.
  const stack = tryText(() => (error instanceof Error ? inspect(error, { depth: 2 }) : ""));
  return Object.freeze({
    name: shorten(name, MAX_MESSAGE_LENGTH),
    message: shorten(message, MAX_MESSAGE_LENGTH),
    stack: stack === "" ? null : shorten(stack, MAX_STACK_LENGTH),
  });
}

/** The text that `read` gives; none when it throws or gives something else. */
function tryText(read: () => unknown): string {
  try {
    const text = read();
    return typeof text === "string" ? text.toWellFormed() : "";
  } catch {
    return "";
  }
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…`.toWellFormed() : text;
}
