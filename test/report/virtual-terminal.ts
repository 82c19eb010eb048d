import xterm from "@xterm/headless";
import type { LiveScreen, OutputStream, ScreenEvents, ScreenSize } from "../../lib/report/terminal/screen.ts";

/** A terminal in memory, with a program on it that prints through whoever has taken its output over. */
export class VirtualTerminal implements LiveScreen {
  readonly reflows = true;
  needsDrain = false;
  /** What has been written to it, one entry for each write. */
  readonly writes: string[] = [];
  /** The part of a write that arrives. */
  receive: (text: string) => string = (text) => text;
  /** A child process starts to print by itself, or ends. */
  share: (isShared: boolean) => void = () => {};
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  #events: ScreenEvents | undefined;

  constructor(columns = 60, rows = 20) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  }

  write(text: string, _stream?: OutputStream): void {
    this.writes.push(text);
    this.#terminal.write(this.receive(text));
  }

  size(): ScreenSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  watchSharing(shared: (isShared: boolean) => void): () => void {
    this.share = shared;
    return () => {
      this.share = () => {};
    };
  }

  takeOver(events: ScreenEvents): () => void {
    this.#events = events;
    return () => {
      this.#events = undefined;
    };
  }

  /** Whether somebody has the program's output. */
  get isTaken(): boolean {
    return this.#events !== undefined;
  }

  /** What the one who has the program's output is told. */
  get events(): ScreenEvents {
    if (this.#events === undefined) throw new Error("Nobody has taken the terminal over");
    return this.#events;
  }

  /** The program prints. */
  print(text: string, stream: OutputStream = "stdout"): void {
    if (this.#events === undefined) this.write(text, stream);
    else this.#events.printed(stream, text);
  }

  /** Somebody drags the window. */
  async resize(columns: number, rows: number = this.#terminal.rows): Promise<void> {
    await this.#settle();
    this.#terminal.resize(columns, rows);
    this.#events?.disturbed("resized");
  }

  /** All lines, those that were scrolled out included, up to the last that is not blank. */
  async lines(): Promise<string[]> {
    await this.#settle();
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
    return lines.slice(0, lines.findLastIndex((line) => line.trim() !== "") + 1).map((line) => line.trimEnd());
  }

  /** Where the cursor is, and whether the modes that a display may change are as at the beginning. */
  async state(): Promise<{ column: number; wraps: boolean; isSynchronized: boolean }> {
    await this.#settle();
    const { modes, buffer } = this.#terminal;
    return {
      column: buffer.active.cursorX,
      wraps: modes.wraparoundMode,
      isSynchronized: modes.synchronizedOutputMode,
    };
  }

  #settle(): Promise<void> {
    return new Promise((resolve) => {
      this.#terminal.write("", resolve);
    });
  }
}
