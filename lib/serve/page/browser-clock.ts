import type { Clock } from "../../time/clock.ts";

/**
 * The clock of a browser. Its date is the date of the loading of the page plus the elapsed time, so a machine whose date is set makes no
 * duration negative or years long. The skew to the server's date is measured by this clock.
 */
export const browserClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(performance.timeOrigin + performance.now()),
  schedule(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
