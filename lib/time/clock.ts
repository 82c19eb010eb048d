/** Options of {@link Clock.schedule}. */
export interface ScheduleOptions {
  /** Whether a process with nothing else to do may end before the action is called. @default false */
  readonly isBackground?: boolean;
}

/** Where time comes from, so that tests can give their own. */
export interface Clock {
  /** Milliseconds since a fixed moment; never goes back. */
  now(): number;
  /** The date and time of day. */
  date(): Date;
  /** Calls `action` once, after `delayMs`; 0 is as soon as the event loop turns. The function given back cancels it. */
  schedule(delayMs: number, action: () => void, options?: ScheduleOptions): () => void;
}
