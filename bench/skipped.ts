/** A table cannot be measured on this machine; the message says why. */
export class SkippedError extends Error {
  override readonly name = "SkippedError";
}
