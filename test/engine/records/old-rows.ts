import { encodeValue } from "../../../lib/state/codec.ts";

/** Encodes the row of a component as Tidemark 0.1 did. */
export function encodeOldChildRow(row: {
  readonly id: number;
  readonly name: string;
  readonly flags: number;
  readonly fingerprint?: Uint8Array;
  readonly dependencies?: string;
  readonly rest?: readonly [longPath: Uint8Array | null, states: readonly unknown[], value: readonly unknown[]];
}): Uint8Array {
  const { dependencies = "", fingerprint = new Uint8Array(), flags, id, name, rest = [null, [], []] } = row;
  const head = Buffer.alloc(12);
  head.writeUIntBE(id, 0, 6);
  head.writeUInt8(flags, 6);
  head.writeUInt8(fingerprint.length, 7);
  head.writeUInt32BE(Buffer.byteLength(dependencies), 8);
  return Buffer.concat([head, fingerprint, Buffer.from(dependencies), encodeValue([name, ...rest])]);
}
