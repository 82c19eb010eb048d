/** An error is looked into so deep: a chain of causes may be a circle. */
const MAX_CAUSES = 10;

/** Whether an error, or one of its causes, only says that `signal` was aborted. Never throws: the error may be any value. */
export function isAbort(error: unknown, { aborted, reason }: AbortSignal): boolean {
  if (!aborted) return false;
  try {
    let cause = error;
    for (let depth = 0; depth < MAX_CAUSES; depth++) {
      if (cause === reason) return true;
      if (!(cause instanceof Error)) return false;
      if (cause.name === "AbortError") return true;
      ({ cause } = cause);
    }
    return false;
  } catch {
    return false;
  }
}
