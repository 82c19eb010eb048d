/** The command was given something it cannot work with; its message is all that the user needs to see. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
