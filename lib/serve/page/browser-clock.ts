import type { Clock } from "../../time/clock.ts";

/**
 * The clock of a browser. Its date goes on from that of the loading of the page: when the machine's date is set, the page measures no time
 * as negative or as years. The skew to the server's date is measured by it.
 */
export const browserClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(performance.timeOrigin + performance.now()),
  schedule(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
