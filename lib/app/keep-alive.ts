import type { Clock } from "../time/clock.ts";

/** The time between two turns of a timer that does nothing else than to be there, in milliseconds. */
const KEEP_ALIVE_MS = 3_600_000;

/** Keeps the process from ending while nothing but a source in memory is followed, which no timer or handle stands for. */
export function keepAlive(clock: Clock): Disposable {
  let cancel: () => void;
  const wait = (): void => {
    cancel = clock.schedule(KEEP_ALIVE_MS, wait);
  };
  wait();
  return { [Symbol.dispose]: () => cancel() };
}
