import { medianOf } from "../measure.ts";
import { runProgram } from "../program.ts";
import type { BenchOptions, Table } from "../table.ts";

/** What `run.ts` prints. */
interface WatchFigures {
  readonly updates: readonly {
    readonly numWatchers: number;
    readonly elapsedMs: number;
    readonly cpuMs: number;
    readonly numEvents: number;
    readonly numFinished: number;
  }[];
  /** Bytes that the watchers take, for each number of them. */
  readonly heaps: readonly number[];
}

const NUMS_WATCHERS = [0, 1, 100, 1000];

/** Watchers of one run: what they cost it, and what they get. `size` is the number of increments. */
export async function measureWatch({ repetitions, size = 1_000_000 }: BenchOptions): Promise<Table> {
  // A memo hit is two increments.
  const count = Math.ceil(size / 2);
  const args = [count, repetitions, ...NUMS_WATCHERS].map(String);
  const { heaps, updates } = await runProgram<WatchFigures>("./watch/run.ts", args, { nodeOptions: ["--expose-gc"] });
  const missed = updates.find(({ numFinished }) => numFinished !== count);
  if (missed !== undefined) {
    throw new Error(`Cannot compare: a watcher saw ${missed.numFinished} finished, not ${count}`);
  }
  const of = (numWatchers: number): WatchFigures["updates"] => updates.filter((one) => one.numWatchers === numWatchers);
  const unwatched = medianOf(of(0), (one) => one.elapsedMs);
  const unwatchedCpu = medianOf(of(0), (one) => one.cpuMs);
  const rows = NUMS_WATCHERS.map((numWatchers, index) => {
    const elapsedMs = medianOf(of(numWatchers), (one) => one.elapsedMs);
    const cpuMs = medianOf(of(numWatchers), (one) => one.cpuMs);
    return [
      numWatchers.toLocaleString("en"),
      elapsedMs,
      elapsedMs / unwatched,
      cpuMs,
      cpuMs / unwatchedCpu,
      medianOf(of(numWatchers), (one) => one.numEvents / (one.elapsedMs / 1000)),
      numWatchers === 0 ? "" : Math.max(0, heaps[index]! / numWatchers),
    ];
  });
  return {
    title: `Watching a run of ${(count * 2).toLocaleString("en")} increments`,
    columns: ["watchers", "ms", "ratio", "CPU ms", "ratio", "events/s, all watchers", "heap bytes a watcher"],
    rows,
    notes: [
      `Medians of ${repetitions} repetitions in one process, in turn. Heap: half-way, after a forced collection, above that of a run that`,
      "nobody watches. Each watcher's final snapshot has all components finished: that is checked.",
    ],
  };
}
