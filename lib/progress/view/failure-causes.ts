import { formatCause, generalizeMessage } from "../../text/cause-text.ts";
import type { ComponentFailure } from "../report.ts";

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

/** Counts failures by their cause. */
export class CauseTally {
  readonly #causes = new Map<string, { message: string; count: number; readonly first: ComponentFailure }>();

  add(failure: ComponentFailure): void {
    const message = formatCause(failure.error);
    const key = generalizeMessage(message);
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
