import { toPlainText } from "../../text/plain-text.ts";

/** From this length on, what a line that is not ended has overwritten of itself is forgotten. */
const LONG_LINE = 4096;

/** Keeps what a stream has printed until its line is ended. */
export class LineBuffer {
  #partial = "";

  /** Takes printed text, and gives the lines that it ends, line breaks included. */
  take(text: string): string {
    const end = text.lastIndexOf("\n") + 1;
    const lines = end === 0 ? "" : this.#partial + text.slice(0, end);
    this.#partial = end === 0 ? this.#partial + text : text.slice(end);
    if (this.#partial.length > LONG_LINE) this.#forgetOverwritten();
    return lines;
  }

  /** Gives the line that is not ended, and forgets it. */
  takeRest(): string {
    const rest = this.#partial;
    this.#partial = "";
    return rest;
  }

  /** What a terminal would show of the line that is not ended. */
  get preview(): string {
    return toPlainText(this.#partial.slice(this.#partial.lastIndexOf("\r") + 1));
  }

  /** A progress bar of somebody else, say, that has never ended its line. */
  #forgetOverwritten(): void {
    const start = this.#partial.lastIndexOf("\r", this.#partial.length - 2);
    if (start > 0) this.#partial = this.#partial.slice(start);
  }
}
