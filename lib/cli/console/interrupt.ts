import { endProcess, expectInterrupt } from "./early-exit.ts";

/** The exit code of a process that a signal ended: 128 and the signal's number. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type InterruptSignal = keyof typeof SIGNAL_EXIT_CODES;

/** Turns signals to this process into an abort; dispose it to get the usual behaviour back. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** The exit code that the first signal asks for; `undefined` without one. */
  readonly exitCode: number | undefined;
  /** Has the first signal call `stop` instead of aborting, where that gives `true`: the end is on its way then. */
  stopWith(stop: () => boolean): void;
}

/** Stops at the first SIGINT or SIGTERM, saying so on standard error; the second ends the process at once. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let stop = (): boolean => false;
  const handle = (name: InterruptSignal): void => {
    if (exitCode !== undefined) endProcess(SIGNAL_EXIT_CODES[name]);
    exitCode = SIGNAL_EXIT_CODES[name];
    expectInterrupt(exitCode);
    process.stderr.write(name === "SIGINT" ? "Stopping (press Ctrl-C again to end at once)\n" : "Stopping\n");
    if (!stop()) controller.abort(new DOMException(`Interrupted by ${name}`, "AbortError"));
  };
  const names = Object.keys(SIGNAL_EXIT_CODES) as InterruptSignal[];
  for (const name of names) process.on(name, handle);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    stopWith(given) {
      stop = given;
    },
    [Symbol.dispose]() {
      for (const name of names) process.off(name, handle);
    },
  };
}
