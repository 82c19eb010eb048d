const numbers = new WeakMap<object, number>();
let numNoted = 0;

/** Notes that something has happened, after everything that was noted before. */
export function noteOccurrence(event: object): void {
  numbers.set(event, numNoted++);
}

/** Compares two noted events by the order in which they happened, which their dates do not tell after the clock was set back. */
export function byOccurrence(one: object, other: object): number {
  return (numbers.get(one) ?? 0) - (numbers.get(other) ?? 0);
}
