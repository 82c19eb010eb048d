import { CanonicalWriter } from "./canonical-writer.ts";
import type { InternalMemoizable } from "./memoizable.ts";
import type { ValueWriter, WriterClass } from "./value-writer.ts";

/** The fingerprint of arguments, and the arguments that have a memo state. */
export interface ArgumentsFingerprint {
  readonly fingerprint: Uint8Array;
  readonly stateful: readonly InternalMemoizable[];
}

/**
 * Fingerprints a call: `identity` names the function, `args` are compared by value. With `logicId`, a function of the same name
 * and other logic has other fingerprints.
 *
 * @throws TypeError for an argument that cannot be compared, naming it and the remedy
 */
export function fingerprintCall(
  identity: string,
  args: readonly unknown[],
  logicId?: string,
  Writer?: WriterClass,
): ArgumentsFingerprint {
  const writer = writeCall(identity, args, { logicId, firstArgument: 0, Writer });
  return { fingerprint: writer.digest(), stateful: writer.stateful };
}

/** Fingerprints values of a function, such as its `deps`, as text of 16 characters; `identity` names it in errors. */
export function fingerprintText(identity: string, value: unknown, Writer: WriterClass = CanonicalWriter): string {
  const writer = new Writer(identity);
  writer.argument = "deps";
  writer.write(value);
  return Buffer.from(writer.digest()).toString("base64url").slice(0, 16);
}

/** Options of {@link writeCall}. */
export interface WriteCallOptions {
  readonly logicId: string | undefined;
  /** The position of the first of the written arguments, for errors. */
  readonly firstArgument: number;
  /** The format. @default the current one */
  readonly Writer: WriterClass | undefined;
}

/** Writes a call. */
export function writeCall(
  identity: string,
  args: readonly unknown[],
  { Writer = CanonicalWriter, firstArgument, logicId }: WriteCallOptions,
): ValueWriter {
  const writer = new Writer(identity);
  writer.write(identity);
  writer.write(logicId);
  args.forEach((argument, index) => {
    writer.argument = firstArgument + index;
    writer.write(argument);
  });
  return writer;
}
