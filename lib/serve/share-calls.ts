/**
 * Shares the work of `call` among callers: at most one call is in progress, and all callers that come meanwhile share the next one. Each
 * caller gets the result of a call that began after it came.
 */
export function shareCalls<T>(call: () => Promise<T>): () => Promise<T> {
  let current: Promise<void> | undefined;
  let next: Promise<T> | undefined;
  const start = (): Promise<T> => {
    next = undefined;
    const started = call();
    const end = (): void => {
      if (current === ended) current = undefined;
    };
    const ended = started.then(end, end);
    current = ended;
    return started;
  };
  return () => {
    if (current === undefined) return start();
    next ??= current.then(start);
    return next;
  };
}
