import type { Clock } from "./clock.ts";

/** The clock of a Node process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  schedule(delayMs, action, { isBackground = false } = {}) {
    if (delayMs <= 0) {
      const immediate = setImmediate(action);
      if (isBackground) immediate.unref();
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(action, delayMs);
    if (isBackground) timer.unref();
    return () => clearTimeout(timer);
  },
};
