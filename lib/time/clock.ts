/** Where time comes from, so that tests can give their own. */
export interface Clock {
  /** Milliseconds since a fixed moment; never goes back. */
  now(): number;
  /** The date and time of day. */
  date(): Date;
  /** Calls `action` once, after `delayMs`; 0 is as soon as the event loop turns. The function given back cancels it. */
  schedule(delayMs: number, action: () => void): () => void;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  schedule(delayMs, action) {
    if (delayMs <= 0) {
      const immediate = setImmediate(action);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
