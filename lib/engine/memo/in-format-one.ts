/** Returns `undefined` where Tidemark 0.1 would have thrown: it cannot have stored anything that depends on the result. */
export function inFormatOne<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}
