import type { Notice } from "../progress/notices.ts";

/** Logs a notice that no display shows on the console's error stream. */
export function logNotice({ message }: Notice): void {
  // oxlint-disable-next-line no-console -- a deletion that no display announces must not be silent
  console.warn(`tidemark: ${message}`);
}
