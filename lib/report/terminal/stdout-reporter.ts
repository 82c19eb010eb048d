import { isatty } from "node:tty";
import { styleText } from "node:util";
import type { FollowableReport } from "../../progress/followable-report.ts";
import { systemClock } from "../../time/clock.ts";
import { followReport, type Display } from "./display.ts";
import type { Paint } from "./line.ts";
import { LiveDisplay } from "./live-display.ts";
import { PlainDisplay } from "./plain-display.ts";
import { printTo } from "./print-to.ts";
import { chooseProgressMode, type ProgressMode } from "./progress-mode.ts";
import type { Screen } from "./screen.ts";
import { createStdoutScreen } from "./stdout-screen.ts";

/** Options of {@link reportOnStdout}. */
export interface StdoutReportOptions {
  /** The least time between two renewals of what is shown, in milliseconds; finite and greater than 0. */
  readonly intervalMs: number;
}

/**
 * Shows a run or a stats group on standard output until it ends, in the way that suits it; all reports of the process share one
 * display. The promise resolves after the last block, and never rejects.
 */
export async function reportOnStdout(
  report: Omit<FollowableReport, "stats">,
  { intervalMs }: StdoutReportOptions,
): Promise<void> {
  const mode = chooseStdoutMode();
  if (mode === "none") return;
  if (mode === "json") return streamOnStdout(report, intervalMs);
  await followReport(report, { display: displays[mode](), clock: systemClock, intervalMs });
}

/** The mode of standard output; what is wrong with the environment variable is a warning here. */
function chooseStdoutMode(): ProgressMode {
  const isTerminal = isatty(process.stdout.fd);
  try {
    return chooseProgressMode(process.env, isTerminal);
  } catch (error) {
    process.emitWarning(error as RangeError);
    return chooseProgressMode({ ...process.env, TIDEMARK_PROGRESS: undefined }, isTerminal);
  }
}

async function streamOnStdout(report: Omit<FollowableReport, "stats">, intervalMs: number): Promise<void> {
  const { createJsonOutput } = await import("../json/json-output.ts");
  const { streamSnapshots } = await import("../json/stream-snapshots.ts");
  await streamSnapshots(report, {
    output: createJsonOutput(),
    clock: systemClock,
    intervalMs,
  });
}

const displays: Readonly<Record<"tty" | "plain", () => Display>> = {
  tty: once(() => new LiveDisplay({ screen: createStdoutScreen(), paint, ...common })),
  plain: once(() => new PlainDisplay({ screen: createPlainScreen(), ...common })),
};

const common = {
  clock: systemClock,
  onError: (cause: unknown): void => {
    process.emitWarning(new Error("Cannot show progress on standard output", { cause }));
  },
};

/** Does without colours where `NO_COLOR` or the terminal says so. */
const paint: Paint = (format, text) => styleText(format, text, { stream: process.stdout });

function createPlainScreen(): Screen {
  const { stdout } = process;
  return {
    write: (text) => printTo(stdout, text),
    size: () => ({ columns: Infinity, rows: Infinity }),
    get needsDrain() {
      return stdout.writableNeedDrain;
    },
  };
}

function once<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= create());
}
