import { setTimeout } from "node:timers/promises";

/** How a condition is waited for. */
export interface UntilOptions {
  /** Resolves when the condition may have come true. @default after a moment */
  readonly next?: () => Promise<unknown>;
  /** The state of the condition, for the report of a test that has waited in vain. */
  readonly explain: () => unknown;
}

interface Wait {
  readonly explain: () => unknown;
  readonly end: PromiseWithResolvers<never>;
}

const waits = new Set<Wait>();

const POLL_MS = 20;

/** Resolves once a condition is true. The time limit is the test's own: see {@link endWaits}. */
export async function until(isTrue: () => boolean | Promise<boolean>, options: UntilOptions): Promise<void> {
  const { explain, next = () => setTimeout(POLL_MS) } = options;
  const wait: Wait = { explain, end: Promise.withResolvers() };
  // Nothing may listen at the moment.
  wait.end.promise.catch(() => {});
  waits.add(wait);
  try {
    while (!(await isTrue())) await Promise.race([next(), wait.end.promise]);
  } finally {
    waits.delete(wait);
  }
}

/** Rejects all waits in progress, so that a test that has timed out releases its resources. Returns their explanations. */
export async function endWaits(): Promise<unknown[]> {
  const ended = [...waits];
  waits.clear();
  const explanations = await Promise.all(ended.map(async ({ explain }) => explain()));
  for (const { end } of ended) end.reject(new Error("The test has ended before the condition was true"));
  return explanations;
}
