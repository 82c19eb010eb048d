import { styleText } from "node:util";
import type { Clock } from "../../time/clock.ts";
import type { Display } from "./display.ts";
import { LiveDisplay } from "./live-display.ts";
import { PlainDisplay } from "./plain-display.ts";
import { createPlainScreen } from "./plain-screen.ts";
import type { Env, ProgressMode } from "./progress-mode.ts";
import type { StandardStreams } from "./screen.ts";
import { createTerminalScreen } from "./terminal-screen.ts";

/** Options of {@link displayOn}; the first call for a stream decides. */
export interface DisplayOnOptions {
  readonly mode: Extract<ProgressMode, "tty" | "plain">;
  readonly clock: Clock;
  readonly env: Env;
}

/** A display belongs to its stream: two of them on one terminal would destroy each other's lines. */
const displays = new WeakMap<StandardStreams["stdout"], Map<DisplayOnOptions["mode"], Display>>();

/** Returns the one display of an output stream, which all environments of the process share. */
export function displayOn(streams: StandardStreams, options: DisplayOnOptions): Display {
  const byMode = displays.get(streams.stdout) ?? new Map<DisplayOnOptions["mode"], Display>();
  displays.set(streams.stdout, byMode);
  const display = byMode.get(options.mode) ?? createDisplay(streams, options);
  byMode.set(options.mode, display);
  return display;
}

function createDisplay(streams: StandardStreams, { clock, env, mode }: DisplayOnOptions): Display {
  const { stdout } = streams;
  const common = { clock, onError: warn };
  if (mode === "plain") return new PlainDisplay({ screen: createPlainScreen(stdout), ...common });
  return new LiveDisplay({
    screen: createTerminalScreen(streams, env),
    // Without colours where `NO_COLOR` or the terminal says so.
    paint: (format, text) => styleText(format, text, { stream: stdout }),
    ...common,
  });
}

function warn(cause: unknown): void {
  process.emitWarning(new Error("Cannot show progress on standard output", { cause }));
}
