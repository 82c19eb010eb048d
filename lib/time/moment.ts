import type { Clock } from "./clock.ts";

/** One moment by both times of a clock: `ms` orders moments and gives the time between two, also when the date was set in between. */
export interface Moment {
  /** Of {@link Clock.now}. */
  readonly ms: number;
  readonly date: Date;
}

/** The present moment. */
export function momentOf(clock: Clock): Moment {
  return { ms: clock.now(), date: clock.date() };
}
