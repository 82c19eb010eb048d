import { setTimeout } from "node:timers/promises";
import type { UpdateSnapshot } from "../progress/stats.ts";
import { formatError } from "../text/error-text.ts";
import type { JsonOutput } from "./json-output.ts";

/** A run or a stats group whose snapshots are streamed. */
export interface SnapshotSource {
  /** The title of a stats group; `null` for the run. */
  readonly title: string | null;
  watch(): AsyncIterable<UpdateSnapshot>;
}

/** Options of {@link streamSnapshots}. */
export interface SnapshotStreamOptions {
  readonly app: string;
  readonly output: JsonOutput;
  /** The least time between two lines of one source. */
  readonly intervalMs: number;
  /** Aborted when the run has ended: the final snapshot does not wait for the interval. */
  readonly ended: AbortSignal;
  /** Waited for before the last line. */
  readonly beforeLast?: () => Promise<unknown>;
}

/**
 * Writes a source as JSON lines: the newest snapshot at every interval, and the final one. A run that fails ends with a line
 * that has its error, and a `"final"` as well; the promise does not reject for that.
 */
export async function streamSnapshots(source: SnapshotSource, options: SnapshotStreamOptions): Promise<void> {
  const { app, output, intervalMs, ended, beforeLast = async () => {} } = options;
  const origin = { app, group: source.title };
  let latest: UpdateSnapshot | undefined;
  try {
    for await (latest of source.watch()) {
      if (latest.final) await beforeLast();
      await output.write({ ...origin, ...latest });
      if (!latest.final) await setTimeout(intervalMs, undefined, { signal: ended }).catch(() => {});
    }
  } catch (error) {
    await beforeLast();
    const name = error instanceof Error ? error.name : "Error";
    const message = error instanceof Error ? error.message : formatError(error);
    await output.write({ ...origin, ...latest, final: true, error: { name, message } });
  }
}
