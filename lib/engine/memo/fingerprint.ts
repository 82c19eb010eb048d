import { CanonicalWriter } from "./canonical-writer.ts";
import type { Memoizable } from "./memoizable.ts";

/** The fingerprint of arguments, and those among them that have a memo state. */
export interface ArgumentsFingerprint {
  readonly fingerprint: Uint8Array;
  readonly stateful: readonly Memoizable[];
}

/**
 * Fingerprints a call: `identity` names the function, `args` are compared by value. With `logicId`, a function of the same name
 * and other logic has other fingerprints.
 *
 * @throws TypeError for an argument that has no value to compare, naming it and the remedy
 */
export function fingerprintCall(identity: string, args: readonly unknown[], logicId?: string): ArgumentsFingerprint {
  const writer = writeCall(identity, args, logicId, 0);
  return { fingerprint: writer.digest(), stateful: writer.stateful };
}

/** Fingerprints one value as text of 16 characters; `what` names it in errors. */
export function fingerprintText(what: string, value: unknown): string {
  const writer = new CanonicalWriter(what);
  writer.write(value);
  return Buffer.from(writer.digest()).toString("base64url").slice(0, 16);
}

/** Writes a call; `firstArgument` is the place of the first of `args`, for errors. */
export function writeCall(
  identity: string,
  args: readonly unknown[],
  logicId: string | undefined,
  firstArgument: number,
): CanonicalWriter {
  const writer = new CanonicalWriter(identity);
  writer.write(identity);
  writer.write(logicId);
  args.forEach((argument, index) => {
    writer.argument = firstArgument + index;
    writer.write(argument);
  });
  return writer;
}
