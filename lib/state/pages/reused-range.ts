import type { ByteRange } from "./row-check.ts";

/** A range that is set anew for each entry. */
export class ReusedRange implements ByteRange {
  bytes: Uint8Array = new Uint8Array();
  start = 0;
  end = 0;

  set(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return this;
  }
}
