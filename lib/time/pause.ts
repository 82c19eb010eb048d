import type { Clock } from "./clock.ts";

/** Options of {@link pause}. */
export interface PauseOptions {
  readonly clock: Clock;
  /** Ends the pause early. @default nothing does */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits `ms` milliseconds by `clock`. Rejects with the signal's reason as soon as `signal` is aborted; leaves no timer and no listener
 * behind.
 */
export function pause(ms: number, { clock, signal }: PauseOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}
