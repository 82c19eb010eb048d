import type { ScreenEvents } from "./screen.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Has `events` told before the process ends, by itself, by an error or by a signal. A signal has the effect that it would have
 * had otherwise: that of the program's own listeners or, without any, the end by that signal.
 */
export function guardProcess(events: Pick<ScreenEvents, "leaving" | "disturbed">): () => void {
  const leave = (): void => events.leaving(true);
  const resume = (): void => events.disturbed("resumed");
  const onSignal = (signal: NodeJS.Signals): void => {
    // Gone before the others are called: some of them look whether they are alone.
    for (const name of SIGNALS) process.off(name, onSignal);
    const isLast = process.listenerCount(signal) === 0;
    events.leaving(isLast);
    if (isLast) process.kill(process.pid, signal);
  };
  for (const name of SIGNALS) process.prependListener(name, onSignal);
  process.on("exit", leave);
  process.on("uncaughtExceptionMonitor", leave);
  process.on("SIGCONT", resume);
  return () => {
    for (const name of SIGNALS) process.off(name, onSignal);
    process.off("exit", leave);
    process.off("uncaughtExceptionMonitor", leave);
    process.off("SIGCONT", resume);
  };
}
