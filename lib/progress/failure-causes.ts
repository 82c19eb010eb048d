import { formatError } from "../text/error-text.ts";
import type { ComponentFailure } from "./report.ts";

/** Failures that have one cause: the same class of error, and the same message but for the names and numbers in it. */
export interface FailureCause {
  /** The message in one line; where it differs from one failure to the next, without what differs. */
  readonly message: string;
  readonly count: number;
  /** The first failure that had it. */
  readonly first: ComponentFailure;
}

/** The number of causes that are told apart. */
const MAX_CAUSES = 200;
/** Of a message, in UTF-16 code units. */
const MAX_LENGTH = 500;

/** Counts failures by their cause. */
export class CauseTally {
  readonly #causes = new Map<string, { message: string; count: number; readonly first: ComponentFailure }>();

  add(failure: ComponentFailure): void {
    const message = shorten(formatError(failure.error));
    const key = generalize(message);
    const cause = this.#causes.get(key);
    if (cause !== undefined) {
      cause.count++;
      if (cause.message !== message) cause.message = key;
    } else if (this.#causes.size < MAX_CAUSES) {
      this.#causes.set(key, { message, count: 1, first: failure });
    }
  }

  /** The causes, the most frequent first. */
  causes(): readonly FailureCause[] {
    return [...this.#causes.values()].map((cause) => ({ ...cause })).toSorted((a, b) => b.count - a.count);
  }
}

function shorten(message: string): string {
  return message.length > MAX_LENGTH ? `${message.slice(0, MAX_LENGTH).toWellFormed()}…` : message;
}

const QUOTED = /(["'`])(?:(?!\1).)+\1/gu;
/** An absolute path, or a relative one to something with an extension: "i/o" and "and/or" are none. */
const PATH =
  /(?<![\w.])(?:[A-Za-z]:)?(?:[\\/][\w.@~+-]+)+[\\/]?|[\w.@~+-]+(?:[\\/][\w.@~+-]+)*[\\/][\w@~+-]*\.[\w.]+/gu;
const HEX = /\b(?:0x[\da-f]+|[\da-f]{8,}(?:-[\da-f]{4,})*)\b/giu;
const NUMBER = /\d+(?:[.,]\d+)*/gu;

/** A message without what differs from one component to the next: quoted names, paths and numbers. */
function generalize(message: string): string {
  return message.replace(QUOTED, "$1…$1").replace(PATH, "…").replace(HEX, "…").replace(NUMBER, "…");
}
