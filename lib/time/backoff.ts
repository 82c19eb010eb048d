/** The bounds of the pauses between retries, in milliseconds. */
export interface BackoffBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The pauses between retries of a failed source, and of failed deletions. */
export const RETRY_BOUNDS: BackoffBounds = { firstMs: 1000, longestMs: 60_000 };

/**
 * Exponential backoff with jitter: the pause before the next retry after `numFailures` failures in a row, in milliseconds. It doubles
 * from `firstMs` up to `longestMs`, then is shortened by up to a half, as `random` (from 0 to 1) says, so that sources that
 * failed together are not retried together.
 */
export function backoffMs(numFailures: number, random: number, { firstMs, longestMs }: BackoffBounds): number {
  const full = Math.min(longestMs, firstMs * 2 ** (numFailures - 1));
  return full * (1 - random / 2);
}
