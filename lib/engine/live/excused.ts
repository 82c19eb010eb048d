/**
 * Calls `act` unless `signal` is aborted, with which it rejects then. The promise may be left alone: that it rejects because of the
 * signal is no news to anybody who does not wait for it.
 */
export function excused<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  const promise: Promise<T> = start(signal, act).catch((error: unknown) => {
    if (signal.aborted && error === signal.reason) void promise.catch(() => {});
    throw error;
  });
  return promise;
}

async function start<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return act();
}
