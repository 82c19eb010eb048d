import type { StableKey } from "../../state/stable-key.ts";

/** A recorded target state that is to be compared with the state outside. */
export interface InspectedState<Key extends StableKey, Tracking> {
  readonly key: Key;
  /** The records of the states that may be outside: one at rest, several after an interrupted run, never none. */
  readonly recorded: readonly Tracking[];
  /** The absolute path of the project's folder: a key that is a place below it is relative to it. */
  readonly root: string;
  /**
   * Milliseconds since 1970, before the state was last written, when the machine has been restarted since. A power cut may then have brought
   * back an earlier state of the same size: a handler that knows times of change compares the content of older states.
   */
  readonly writtenMs?: number | undefined;
}

/** Options of an inspection. */
export interface InspectContext {
  /**
   * `"content"` compares the whole content. `"size"` asks only for existence and size, which costs no read of the content; where the
   * records have no size, existence is enough.
   */
  readonly depth: "content" | "size";
  /** Aborted when the answer is not waited for any more. */
  readonly signal: AbortSignal;
}

/**
 * The comparison of one target state with its records: `"unchanged"` (the state is as one of the records says), `"missing"` (nothing is
 * there), `"edited"` (another state is there) or `"unknown"` (the handler cannot tell).
 */
export type InspectionResult = "edited" | "missing" | "unchanged" | "unknown";
