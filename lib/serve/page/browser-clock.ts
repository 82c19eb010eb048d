import type { Clock } from "../../time/clock.ts";

/** The clock of a browser. */
export const browserClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  schedule(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
