/** The first pause before something that has failed is tried again, in milliseconds. */
const FIRST_PAUSE_MS = 1000;

/** The longest pause, in milliseconds. */
export const LONGEST_PAUSE_MS = 60_000;

/**
 * The pause before the next try after `numFailures` failures in a row, in milliseconds: it doubles up to a minute, and is shortened by
 * up to a half, as `random` (from 0 to 1) says, so that what has failed together does not come back together.
 */
export function pauseAfter(numFailures: number, random: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (numFailures - 1));
  return full * (1 - random / 2);
}
