import { FLAGS, NODE_BIG_DATA, NODE_HEADER_BYTES, OVERFLOW_RECORD_BYTES, PAGE_HEADER_BYTES } from "./page-layout.ts";

/**
 * One of the pages in a buffer. It is moved from one page to the next, since an object for each page or node would take longer than their
 * check. The start of a node is its offset in the page after the header, as lmdb stores it.
 */
export class PageView {
  /** The buffer. */
  readonly bytes: Uint8Array;
  /** The bytes of a page after its header. */
  readonly room: number;
  readonly #words: Uint16Array;
  #start = 0;

  /** `bytes` begin at an even place of their memory, and hold whole pages. */
  constructor(bytes: Uint8Array, pageSize: number) {
    this.bytes = bytes;
    this.room = pageSize - PAGE_HEADER_BYTES;
    this.#words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  }

  /** Moves to the page at an offset in the buffer. */
  moveTo(offset: number): void {
    this.#start = offset;
  }

  /** The offset in the buffer at which the page goes on after its header. */
  get bodyStart(): number {
    return this.#start + PAGE_HEADER_BYTES;
  }

  /** The number that the page says it has. */
  get number(): number {
    return this.#integerAt(this.#start);
  }

  /** The transaction that wrote the page. */
  get txnId(): number {
    return this.#integerAt(this.#start + 8);
  }

  /** The flags of the page; see {@link FLAGS}. */
  get flags(): number {
    return this.#words[(this.#start + FLAGS.offset) >> 1]!;
  }

  /** The lower bound of the free space of a branch or a leaf, which is twice the number of its nodes. */
  get lower(): number {
    return this.#words[(this.#start + 20) >> 1]!;
  }

  /** The upper bound of the free space of a branch or a leaf. */
  get upper(): number {
    return this.#words[(this.#start + 22) >> 1]!;
  }

  /** The number of pages of a value on overflow pages. */
  get overflowPages(): number {
    return this.lower + this.upper * 65_536;
  }

  /** The number of nodes of a branch or a leaf. */
  get numNodes(): number {
    return this.lower >> 1;
  }

  /** The start of a node. */
  nodeAt(index: number): number {
    return this.#words[((this.#start + PAGE_HEADER_BYTES) >> 1) + index]!;
  }

  /** The flags of a node of a leaf. */
  nodeFlags(node: number): number {
    return this.#words[(this.#header(node) >> 1) + 2]!;
  }

  /** The bytes of the key of a node. */
  keyBytes(node: number): number {
    return this.#words[(this.#header(node) >> 1) + 3]!;
  }

  /** The bytes of the value of a node of a leaf, wherever the value is. */
  valueBytes(node: number): number {
    const at = this.#header(node) >> 1;
    return this.#words[at]! + this.#words[at + 1]! * 65_536;
  }

  /** The page of a node of a branch. */
  childOf(node: number): number {
    const at = this.#header(node) >> 1;
    return this.#words[at]! + this.#words[at + 1]! * 65_536 + this.#words[at + 2]! * 4_294_967_296;
  }

  /** The pages of the value of a node whose value is on overflow pages. */
  overflowOf(node: number): { readonly page: number; readonly txnId: number; readonly numPages: number } {
    // At an odd place when the key has an odd number of bytes.
    const { buffer, byteOffset } = this.bytes;
    const record = new DataView(buffer, byteOffset + this.keyEnd(node), OVERFLOW_RECORD_BYTES);
    const read = (at: number) => Number(record.getBigUint64(at, true));
    return { page: read(0), txnId: read(8), numPages: read(16) };
  }

  /** The bytes that a node of a leaf takes. */
  leafNodeBytes(node: number): number {
    const data = this.nodeFlags(node) === NODE_BIG_DATA ? OVERFLOW_RECORD_BYTES : this.valueBytes(node);
    return toEven(NODE_HEADER_BYTES + this.keyBytes(node) + data);
  }

  /** The bytes that a node of a branch takes. */
  branchNodeBytes(node: number): number {
    return toEven(NODE_HEADER_BYTES + this.keyBytes(node));
  }

  /** The offset of the key of a node in the buffer. */
  keyStart(node: number): number {
    return this.#header(node) + NODE_HEADER_BYTES;
  }

  /** Whether the key of a node sorts bytewise before the key of another one. */
  isKeyBefore(node: number, other: number): boolean {
    const words = this.#words;
    const one = this.#header(node);
    const two = this.#header(other);
    const oneBytes = words[(one >> 1) + 3]!;
    const twoBytes = words[(two >> 1) + 3]!;
    const common = oneBytes < twoBytes ? oneBytes : twoBytes;
    // Keys start at even places: two bytes at a time take two thirds of the time of single ones (`npm run bench -- store-check`).
    let at = (one + NODE_HEADER_BYTES) >> 1;
    let otherAt = (two + NODE_HEADER_BYTES) >> 1;
    for (const end = at + (common >> 1); at < end; at++, otherAt++) {
      const pair = words[at]!;
      const otherPair = words[otherAt]!;
      if (pair !== otherPair) return swapBytes(pair) < swapBytes(otherPair);
    }
    if ((common & 1) === 1) {
      const difference = (words[at]! & 0xff) - (words[otherAt]! & 0xff);
      if (difference !== 0) return difference < 0;
    }
    return oneBytes < twoBytes;
  }

  /** The offset of the end of the key of a node in the buffer. */
  keyEnd(node: number): number {
    return this.keyStart(node) + this.keyBytes(node);
  }

  #header(node: number): number {
    return this.#start + PAGE_HEADER_BYTES + node;
  }

  #integerAt(offset: number): number {
    const at = offset >> 1;
    const words = this.#words;
    return words[at]! + words[at + 1]! * 65_536 + words[at + 2]! * 4_294_967_296 + words[at + 3]! * 281_474_976_710_656;
  }
}

function swapBytes(pair: number): number {
  return ((pair & 0xff) << 8) | (pair >> 8);
}

function toEven(size: number): number {
  return size + (size & 1);
}
