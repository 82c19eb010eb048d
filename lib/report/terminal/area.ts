import { graphemesOf, measureWidth } from "../../text/width.ts";
import type { LiveScreen, OutputStream, ScreenSize } from "./screen.ts";

/** Text that goes above the area: whole lines. */
export interface Print {
  readonly stream: OutputStream;
  readonly text: string;
}

const ESC = "\u001b";
const BEGIN_FRAME = `${ESC}[?2026h${ESC}[?25l`;
const END_FRAME = `${ESC}[?25h${ESC}[?2026l`;
const WITHOUT_WRAP = `${ESC}[?7l`;
const WITH_WRAP = `${ESC}[?7h`;
const RESET_COLOURS = `${ESC}[0m`;
/** From the cursor on: after a line that is as wide as the terminal it would take the last character away. */
const CLEAR_LINE = `${ESC}[K`;
const CLEAR_BELOW = `${ESC}[J`;

/**
 * The lines at the bottom of a terminal that are drawn again and again. The cursor rests on the line below them. Every write
 * switches on again what it has switched off, so that a process may be killed between any two of them; a change is one write, or three
 * where something goes to standard error.
 */
export class Area {
  readonly #screen: LiveScreen;
  #lines: readonly string[] = [];
  #columns = 0;

  constructor(screen: LiveScreen) {
    this.#screen = screen;
  }

  /** Whether there is anything of it on the terminal. */
  get isUp(): boolean {
    return this.#lines.length > 0;
  }

  /** Prints above the area, and makes it show `lines`, none of which is wider than the terminal. */
  update(lines: readonly string[], prints: readonly Print[], size: ScreenSize): void {
    const canKeep = prints.length === 0 && this.#columns === size.columns;
    const changes = canKeep ? this.#renderChanges(lines) : undefined;
    if (changes === undefined) this.#redraw(lines, prints, size);
    else if (changes !== "") this.#screen.write(BEGIN_FRAME + changes + END_FRAME);
    this.#lines = lines;
    this.#columns = size.columns;
  }

  /** The lines stay where they are for good; the next ones are drawn below. */
  release(): void {
    this.#lines = [];
  }

  /**
   * Switches everything on again that a frame switches off. At a Ctrl-C the system drops all output that the terminal has not read yet,
   * so the end of a frame may be lost.
   */
  restore(): void {
    this.#screen.write(WITH_WRAP + END_FRAME);
  }

  /** Begins on a line of its own, wherever somebody else has left the cursor. */
  startFresh({ columns }: ScreenSize): void {
    this.release();
    // As many blanks as there are columns stay on the line if it was empty, and end on the next one if it was not.
    this.#screen.write(`${" ".repeat(columns)}\r${CLEAR_LINE}`);
  }

  /** What makes the area show `lines`, if they are as many as before. */
  #renderChanges(lines: readonly string[]): string | undefined {
    if (lines.length !== this.#lines.length) return undefined;
    const first = lines.findIndex((line, index) => line !== this.#lines[index]);
    if (first === -1) return "";
    const drawn = lines
      .slice(first)
      .map((line, index) => (line === this.#lines[first + index] ? "\r\n" : `${CLEAR_LINE}${line}\r\n`));
    return `${moveUp(lines.length - first)}${WITHOUT_WRAP}${drawn.join("")}${CLEAR_BELOW}${WITH_WRAP}`;
  }

  #redraw(lines: readonly string[], prints: readonly Print[], size: ScreenSize): void {
    const start = BEGIN_FRAME + eraseRows(this.#countRows(size));
    const drawn = lines.map((line) => `${CLEAR_LINE}${line}\r\n`).join("");
    const end = drawn === "" ? "" : RESET_COLOURS + WITHOUT_WRAP + drawn + WITH_WRAP;
    if (prints.every(({ stream }) => stream === "stdout")) {
      this.#screen.write(start + prints.map(({ text }) => text).join("") + end + END_FRAME);
      return;
    }
    // What goes to the other stream cannot be in the same write, and the process may be killed before or after it.
    this.#screen.write(start + END_FRAME);
    for (const { stream, text } of prints) this.#screen.write(text, stream);
    if (end !== "") this.#screen.write(BEGIN_FRAME + end + END_FRAME);
  }

  /** The rows that the area takes now: a terminal that got narrower may have broken its lines. */
  #countRows({ columns, rows }: ScreenSize): number {
    if (columns >= this.#columns || !this.#screen.reflows) return this.#lines.length;
    const numRows = this.#lines.reduce((sum, line) => sum + countBrokenRows(line, columns), 0);
    // Nothing above the top can be reached.
    return Math.min(numRows, rows - 1);
  }
}

/** From the beginning of the line below to that of a line above. */
function moveUp(numRows: number): string {
  return numRows === 0 ? "\r" : `\r${ESC}[${numRows}A`;
}

/**
 * From the beginning of the line below to that of the first of the lines above, which are blank then. Each is cleared by itself: some
 * terminals keep what is cleared as a whole in their history when it begins at the top.
 */
function eraseRows(numRows: number): string {
  return moveUp(numRows) + CLEAR_LINE + `${ESC}[B${CLEAR_LINE}`.repeat(numRows) + moveUp(numRows);
}

function countBrokenRows(line: string, columns: number): number {
  let numRows = 1;
  let used = 0;
  for (const grapheme of graphemesOf(line)) {
    const width = measureWidth(grapheme);
    used += width;
    if (used > columns) {
      numRows++;
      used = width;
    }
  }
  return numRows;
}
