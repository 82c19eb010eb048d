import type { Clock } from "../../time/clock.ts";
import { truncateToWidth } from "../../text/width.ts";
import { Area, type Print } from "./area.ts";
import { renderBlock } from "./block.ts";
import { QUIET_START_MS, type Display } from "./display.ts";
import type { FollowedReport } from "./followed-report.ts";
import { renderFrame } from "./frame.ts";
import { cutLine, paintLine, type Line, type Paint } from "./line.ts";
import { LineBuffer } from "./line-buffer.ts";
import type { LiveScreen, OutputStream, ScreenEvents, ScreenSize } from "./screen.ts";

/** What a {@link LiveDisplay} is made of. */
export interface LiveDisplayOptions {
  readonly screen: LiveScreen;
  readonly clock: Clock;
  readonly paint: Paint;
  /** Told once when nothing can be shown any more; the program's output goes on. */
  readonly onError: (error: unknown) => void;
}

const FRAME_MS = 100;
/** Between two frames when the process has better things to do. */
const BUSY_FRAME_MS = 250;
/** A frame that comes so much too late, or takes so long, shows that it has. */
const BUSY_DELAY_MS = 50;
/** What the program prints within this time of the last change is gathered. */
const GATHER_MS = 16;
const MAX_GATHERED = 65_536;
/** Between two blocks while a child process writes to the terminal by itself. */
const SHARED_BLOCK_MS = 10_000;

/** Reports as they were last rendered. */
interface Frame {
  readonly lines: readonly string[];
  readonly size: ScreenSize;
}

/** Shows reports in one area at the bottom of a terminal; what the program prints goes above it. */
export class LiveDisplay implements Display {
  readonly #screen: LiveScreen;
  readonly #clock: Clock;
  readonly #paint: Paint;
  readonly #onError: (error: unknown) => void;
  readonly #area: Area;
  readonly #reports = new Set<FollowedReport>();
  readonly #buffers: Readonly<Record<OutputStream, LineBuffer>> = {
    stdout: new LineBuffer(),
    stderr: new LineBuffer(),
  };
  #frame: Frame | undefined;
  #prints: Print[] = [];
  #numGathered = 0;
  #updatedAt = Number.NEGATIVE_INFINITY;
  #giveBack: (() => void) | undefined;
  #endSharing: (() => void) | undefined;
  #isShared = false;
  #sharedBlockAt = 0;
  /** Whether the cursor may be anywhere in a line. */
  #isCursorLost = false;
  #isBroken = false;
  #cancelFrame: (() => void) | undefined;
  #cancelPrint: (() => void) | undefined;

  constructor({ clock, onError, paint, screen }: LiveDisplayOptions) {
    this.#onError = onError;
    this.#screen = screen;
    this.#clock = clock;
    this.#paint = paint;
    this.#area = new Area(screen);
  }

  add(report: FollowedReport): void {
    this.#reports.add(report);
    // From the beginning: a child may outlive the time in which nothing is drawn.
    this.#endSharing ??= this.#screen.watchSharing((isShared) => this.#guard(() => this.#share(isShared)));
    if (this.#cancelFrame === undefined && !this.#isBroken) this.#scheduleFrame(QUIET_START_MS);
  }

  end(report: FollowedReport): void {
    this.#reports.delete(report);
    this.#guard(() => this.#gather("stdout", `${this.#renderLast(report).join("\n")}\n\n`));
    this.#frame = undefined;
    if (this.#reports.size > 0) return this.#printSoon();
    this.#cancelFrame?.();
    this.#cancelFrame = undefined;
    this.#guard(() => this.#close());
    this.#endSharing?.();
    this.#endSharing = undefined;
    this.#isShared = false;
  }

  #renderLast(report: FollowedReport): string[] {
    const block = renderBlock(report.view(), { isAnimated: false });
    return this.#paintAll(block.map((line) => cutLine(line, this.#screen.size().columns)));
  }

  /** What the program prints must go on, and its own code must not meet an error of this display, whatever happens. */
  #guard(action: () => void): void {
    if (this.#isBroken) return;
    try {
      action();
    } catch (error) {
      this.#isBroken = true;
      this.#cancelFrame?.();
      this.#area.release();
      this.#close();
      this.#onError(error);
    }
  }

  #scheduleFrame(delayMs: number): void {
    const dueAt = this.#clock.now() + delayMs;
    const draw = (): void => {
      const startedAt = this.#clock.now();
      if (!this.#screen.needsDrain) this.#renew();
      const isBusy = startedAt - dueAt > BUSY_DELAY_MS || this.#clock.now() - startedAt > BUSY_DELAY_MS;
      this.#scheduleFrame(isBusy ? BUSY_FRAME_MS : FRAME_MS);
    };
    // What only a report keeps alive has nothing more to report.
    this.#cancelFrame = this.#clock.schedule(delayMs, draw, { isBackground: true });
  }

  /** Draws the newest state of the reports. */
  #renew(): void {
    this.#frame = undefined;
    this.#update();
  }

  /** Prints what was gathered, above the reports as they were last drawn where they can stay so. */
  #update(): void {
    this.#guard(() => {
      const size = this.#screen.size();
      if (this.#isShared) return this.#printBetween(size);
      if (this.#giveBack === undefined) {
        this.#giveBack = this.#screen.takeOver(this.#events);
        this.#isCursorLost = true;
      }
      if (this.#isCursorLost) this.#area.startFresh(size);
      this.#isCursorLost = false;
      this.#area.update(this.#renderLines(size), this.#takePrints(), size);
    });
  }

  #share(isShared: boolean): void {
    const isUp = this.#giveBack !== undefined;
    if (isShared && isUp) this.#area.update([], [...this.#takePrints(), ...this.#takeRests()], this.#screen.size());
    this.#isShared = isShared;
    this.#isCursorLost = true;
    this.#sharedBlockAt = this.#clock.now();
    if (isUp) this.#renew();
  }

  /** Somebody else prints as well, and nobody knows when: no line can be drawn again. */
  #printBetween(size: ScreenSize): void {
    const isDue = this.#clock.now() - this.#sharedBlockAt >= SHARED_BLOCK_MS;
    const lines = isDue ? this.#renderLines(size) : [];
    const prints = this.#takePrints();
    if (prints.length + lines.length > 0) this.#area.startFresh(size);
    this.#printAll(prints);
    if (lines.length === 0) return;
    this.#sharedBlockAt = this.#clock.now();
    this.#screen.write(`${lines.join("\n")}\n\n`);
  }

  #gather(stream: OutputStream, text: string): void {
    this.#prints.push({ stream, text });
    this.#numGathered += text.length;
  }

  /** Prints what was gathered, unless the next frame can do so as well. */
  #printSoon(): void {
    if (this.#numGathered > MAX_GATHERED) return this.#update();
    const isFrameDue = this.#giveBack !== undefined && !this.#isShared && this.#frame === undefined;
    if (isFrameDue || this.#screen.needsDrain) return;
    const waitMs = this.#updatedAt + GATHER_MS - this.#clock.now();
    if (waitMs <= 0) return this.#update();
    const print = (): void => {
      this.#cancelPrint = undefined;
      this.#printSoon();
    };
    this.#cancelPrint ??= this.#clock.schedule(waitMs, print, { isBackground: true });
  }

  #takePrints(): Print[] {
    const prints = this.#prints;
    this.#prints = [];
    this.#numGathered = 0;
    this.#updatedAt = this.#clock.now();
    this.#cancelPrint?.();
    this.#cancelPrint = undefined;
    return prints;
  }

  #renderLines(size: ScreenSize): string[] {
    // Without the line that the cursor rests on, and one more that shows what was printed last.
    const height = Math.max(1, size.rows - 2);
    const partials = [this.#buffers.stdout, this.#buffers.stderr]
      .map(({ preview }): Line => ({ text: truncateToWidth(preview, size.columns), tone: "plain" }))
      .filter(({ text }) => text !== "")
      .slice(0, height - 1);
    const room = { ...size, rows: height - partials.length };
    return [...this.#paintAll(partials), ...this.#renderReports(room)];
  }

  /** Those that were rendered last, if they fit. */
  #renderReports(size: ScreenSize): readonly string[] {
    const last = this.#frame;
    if (last?.size.columns === size.columns && last.lines.length <= size.rows) return last.lines;
    const reports = [...this.#reports].toSorted((a, b) => Number(a.title === null) - Number(b.title === null));
    const views = reports.map((report) => report.view());
    const lines = renderFrame(views, { width: size.columns, height: size.rows, isAnimated: true });
    this.#frame = { lines: this.#paintAll(lines), size };
    return this.#frame.lines;
  }

  #paintAll(lines: readonly Line[]): string[] {
    return lines.map((line) => paintLine(line, this.#paint));
  }

  /** Leaves the terminal as it was, everything printed on it. */
  #close(): void {
    this.#giveBack?.();
    this.#giveBack = undefined;
    const prints = [...this.#takePrints(), ...this.#takeRests()];
    if (this.#area.isUp) return this.#area.update([], prints, this.#screen.size());
    const isAnywhere = this.#isShared || this.#isCursorLost;
    if (isAnywhere && prints.length > 0 && !this.#isBroken) this.#area.startFresh(this.#screen.size());
    this.#printAll(prints);
  }

  #printAll(prints: readonly Print[]): void {
    for (const { stream, text } of prints) this.#screen.write(text, stream);
  }

  #takeRests(): Print[] {
    return (["stdout", "stderr"] as const)
      .map((stream) => ({ stream, text: this.#buffers[stream].takeRest() }))
      .filter(({ text }) => text !== "");
  }

  readonly #events: ScreenEvents = {
    printed: (stream, text) => {
      if (this.#isShared) return this.#screen.write(text, stream);
      const lines = this.#buffers[stream].take(text);
      if (lines === "") return;
      this.#gather(stream, lines);
      this.#printSoon();
    },
    disturbed: (kind) => {
      if (kind === "resumed") this.#area.release();
      if (!this.#screen.needsDrain) this.#renew();
    },
    leaving: (isEnd) => {
      const rests = this.#takeRests();
      const isUp = this.#giveBack !== undefined;
      if (isEnd) {
        this.#renew();
        this.#area.release();
      }
      this.#guard(() => {
        this.#close();
        if (isUp) this.#area.restore();
      });
      this.#printAll(rests);
    },
  };
}
