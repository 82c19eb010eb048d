import { diag, DiagLogLevel } from "@opentelemetry/api";

/** What OpenTelemetry's diagnostics logger was told; `using` puts things back. */
export interface DiagLog extends Disposable {
  readonly messages: readonly string[];
}

/** Collects warnings and errors of the OpenTelemetry diagnostics logger. */
export function collectDiag(): DiagLog {
  const messages: string[] = [];
  const keep = (message: string): void => void messages.push(message);
  const ignore = (): void => {};
  diag.setLogger({ error: keep, warn: keep, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  return { messages, [Symbol.dispose]: () => diag.disable() };
}
