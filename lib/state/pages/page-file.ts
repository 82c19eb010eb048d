import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { PageView } from "./page-view.ts";

const PIECE_BYTES = 1024 * 1024;
/** Reading on takes as long as a read of its own for about as many bytes. */
const MAX_GAP_BYTES = 32 * 1024;
/** A megabyte takes about 0.2 ms when it is in memory. */
const SLOW_READ_MS = 5;
const MAX_TURN_MS = 5;

/** The pages of a file, in pieces of at most a megabyte. The event loop is free every few milliseconds. */
export class PageFile {
  readonly pageSize: number;
  /** The number of whole pages in the file. */
  readonly numPages: number;
  readonly #file: FileHandle;
  #isSlow = false;
  #turnEndMs = performance.now() + MAX_TURN_MS;

  constructor(file: FileHandle, sizeBytes: number, pageSize: number) {
    this.#file = file;
    this.pageSize = pageSize;
    this.numPages = Math.floor(sizeBytes / pageSize);
  }

  /** A buffer for some pages. */
  createBuffer(count: number): Uint8Array {
    return new Uint8Array(count * this.pageSize);
  }

  /** Reads `count` pages from `first` on into a buffer. Pages that the file has lost meanwhile are zero. */
  async read(first: number, count: number, buffer: Uint8Array): Promise<void> {
    const length = count * this.pageSize;
    for (let end = 0; end < length;) {
      const position = first * this.pageSize + end;
      const numRead = await this.#readPiece(buffer, end, Math.min(PIECE_BYTES, length - end), position);
      if (numRead === 0) return void buffer.fill(0, end, length);
      end += numRead;
    }
  }

  /**
   * Visits the pages of a list in its order, which is that of the file; each page is in the file. A visit may take time only if it needs the
   * view no more.
   */
  async visit(
    pages: readonly number[],
    visit: (index: number, view: PageView) => Promise<void> | undefined,
  ): Promise<void> {
    const maxPages = Math.max(1, PIECE_BYTES / this.pageSize);
    const buffer = this.createBuffer(Math.min(maxPages, (pages.at(-1) ?? 0) - (pages[0] ?? 0) + 1));
    const view = new PageView(buffer, this.pageSize);
    for (let index = 0; index < pages.length;) {
      const first = pages[index]!;
      const next = this.#endOfPiece(pages, index, maxPages);
      await this.read(first, pages[next - 1]! - first + 1, buffer);
      for (; index < next; index++) {
        view.moveTo((pages[index]! - first) * this.pageSize);
        const visited = visit(index, view);
        if (visited !== undefined) await visited;
      }
    }
  }

  #endOfPiece(pages: readonly number[], index: number, maxPages: number): number {
    const first = pages[index]!;
    const maxGap = MAX_GAP_BYTES / this.pageSize;
    let end = index + 1;
    while (end < pages.length && pages[end]! - first < maxPages && pages[end]! - pages[end - 1]! <= maxGap) end++;
    return end;
  }

  /** Reads through the thread pool once a read was slow, which takes longer for content in memory. */
  async #readPiece(buffer: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    if (this.#isSlow) return (await this.#file.read(buffer, offset, length, position)).bytesRead;
    await this.#endTurn();
    const start = performance.now();
    const numRead = readSync(this.#file.fd, buffer, offset, length, position);
    this.#isSlow = performance.now() - start > SLOW_READ_MS;
    return numRead;
  }

  async #endTurn(): Promise<void> {
    if (performance.now() < this.#turnEndMs) return;
    await setImmediate();
    this.#turnEndMs = performance.now() + MAX_TURN_MS;
  }
}
