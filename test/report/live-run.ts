import { followReport } from "../../lib/report/terminal/display.ts";
import { LiveDisplay } from "../../lib/report/terminal/live-display.ts";
import { FakeClock } from "../fake-clock.ts";
import { FakeSource } from "./fake-source.ts";
import { VirtualTerminal } from "./virtual-terminal.ts";

/** A report that is being shown. */
export interface Shown {
  readonly source: FakeSource;
  readonly done: Promise<void>;
}

/** A display on a terminal in memory. */
export interface LiveRun {
  readonly clock: FakeClock;
  readonly terminal: VirtualTerminal;
  /** What the display has told of itself. */
  readonly errors: readonly unknown[];
  /** Shows one more report. */
  readonly follow: (title?: string | null, intervalMs?: number) => Shown;
}

export function openLiveRun(columns = 60, rows = 20): LiveRun {
  const clock = new FakeClock();
  const terminal = new VirtualTerminal(columns, rows);
  const errors: unknown[] = [];
  const display = new LiveDisplay({
    screen: terminal,
    clock,
    paint: (_format, text) => text,
    onError: (error) => errors.push(error),
  });
  return {
    clock,
    terminal,
    errors,
    follow(title = null, intervalMs = 1) {
      const source = new FakeSource(clock, title);
      return { source, done: followReport(source, { display, clock, intervalMs }) };
    },
  };
}
