import type { FailureRecord } from "../../progress/record/update-record.ts";
import { describeError } from "./words.ts";

/** Failures that have one cause. */
export interface Cause {
  readonly key: string;
  /** The message; where it differs from one failure to the next, without what differs. */
  readonly message: string;
  /** Oldest first. */
  readonly failures: readonly FailureRecord[];
}

/** Groups failures by their cause, the most frequent first. */
export function groupByCause(failures: readonly FailureRecord[]): readonly Cause[] {
  const causes = Map.groupBy(failures, ({ cause }) => cause);
  return [...causes]
    .map(([key, members]) => {
      const messages = new Set(members.map(({ error }) => describeError(error)));
      return { key, message: messages.size === 1 ? [...messages][0]! : key, failures: members };
    })
    .toSorted((one, other) => other.failures.length - one.failures.length);
}
