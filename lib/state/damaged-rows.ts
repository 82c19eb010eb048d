let numDamaged = 0;

/** Counts a row whose reader has found it damaged. A store returns bytes, so it cannot find that by itself. */
export function noteDamagedRow(): void {
  numDamaged += 1;
}

/** The number of damaged rows that this process has read, in all of its stores. */
export function numDamagedRows(): number {
  return numDamaged;
}
