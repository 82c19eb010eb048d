import type { PageView } from "./page-view.ts";

/** An order of keys, each a range of bytes. */
export interface KeyOrder {
  /** Compares two keys: negative when the first sorts before the other. */
  compare(
    one: Uint8Array,
    oneStart: number,
    oneEnd: number,
    other: Uint8Array,
    otherStart: number,
    otherEnd: number,
  ): number;
  /** Whether the key of a node of a page sorts before the key of another node. */
  isBefore(page: PageView, node: number, other: number): boolean;
}

/** The bytewise order. */
export const BYTEWISE: KeyOrder = {
  compare(one, oneStart, oneEnd, other, otherStart, otherEnd) {
    const length = Math.min(oneEnd - oneStart, otherEnd - otherStart);
    for (let at = 0; at < length; at++) {
      const difference = one[oneStart + at]! - other[otherStart + at]!;
      if (difference !== 0) return difference;
    }
    return oneEnd - oneStart - (otherEnd - otherStart);
  },
  isBefore: (page, node, other) => page.isKeyBefore(node, other),
};

/** The order of little-endian integers of one size, with an empty key before all. */
export const INTEGERS: KeyOrder = {
  compare(one, oneStart, oneEnd, other, otherStart, otherEnd) {
    const length = oneEnd - oneStart;
    if (length !== otherEnd - otherStart) return length - (otherEnd - otherStart);
    for (let at = length - 1; at >= 0; at--) {
      const difference = one[oneStart + at]! - other[otherStart + at]!;
      if (difference !== 0) return difference;
    }
    return 0;
  },
  isBefore: (page, node, other) =>
    INTEGERS.compare(
      page.bytes,
      page.keyStart(node),
      page.keyEnd(node),
      page.bytes,
      page.keyStart(other),
      page.keyEnd(other),
    ) < 0,
};
