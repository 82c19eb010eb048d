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

/** Where the snapshots of {@link streamSnapshots} go. */
export interface SnapshotStream {
  readonly app: string;
  readonly output: JsonOutput;
  /** The least time between two lines of one source. */
  readonly intervalMs: number;
  /** Aborted when the run has ended: what is left is written without waiting. */
  readonly ended: AbortSignal;
}

/**
 * Writes the snapshots of a source as JSON lines: the newest one at every interval, and each final one, after `beforeLast`.
 * Never rejects: a run that fails ends with a line that has its error.
 */
export async function streamSnapshots(
  { title, watch }: SnapshotSource,
  { app, output, intervalMs, ended }: SnapshotStream,
  beforeLast: () => Promise<unknown> = async () => {},
): Promise<void> {
  let latest: UpdateSnapshot | undefined;
  try {
    for await (latest of watch()) {
      if (latest.final) await beforeLast();
      await output.write({ app, group: title, ...latest });
      if (!latest.final) await setTimeout(intervalMs, undefined, { signal: ended }).catch(() => {});
    }
  } catch (error) {
    await beforeLast();
    const { name } = error instanceof Error ? error : { name: "Error" };
    await output.write({ app, group: title, ...latest, final: true, error: { name, message: formatError(error) } });
  }
}
