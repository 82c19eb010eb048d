import { TidemarkError } from "../errors.ts";
import type { Clock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

/** The pauses between the tries, in milliseconds: 3 s in all, so that `close` waits no longer. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1450];

/** Calls `open`, and calls it again after pauses for as long as it rejects for lack of file descriptors. Rejects with its last error. */
export async function awaitDescriptors<T>(open: () => Promise<T>, clock: Clock): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await open();
    } catch (error) {
      if (!lacksDescriptors(error)) throw error;
    }
    await pause(pauseMs, { clock });
  }
  return open();
}

function lacksDescriptors(error: unknown): boolean {
  if (!(error instanceof TidemarkError) || !(error.cause instanceof Error) || !("code" in error.cause)) return false;
  return error.cause.code === "EMFILE" || error.cause.code === "ENFILE";
}
