import type { PageFinding } from "./page-finding.ts";

/** The bytes of `bytes` from `start` to before `end`. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Checks the row that is stored under a key, and returns the code of its fault.
 *
 * Both ranges are only good during the call: they are used again for the next row.
 */
export type RowCheck = (key: ByteRange, row: ByteRange) => PageFinding["code"] | undefined;
