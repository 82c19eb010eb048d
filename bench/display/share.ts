import type { Profiler } from "node:inspector";

/** What is run for the display only: itself, and the snapshots that are made for who watches. */
const PARTS = ["report/", "progress/watch.js"].map((part) => new URL(part, import.meta.resolve("tidemark")).href);

/** The share of a profile's time, from 0 to 1, that was spent in the display and in all that it called. */
export function measureShare({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number {
  const parents = new Map(nodes.flatMap(({ children = [], id }) => children.map((child) => [child, id] as const)));
  const urls = new Map(nodes.map(({ callFrame, id }) => [id, callFrame.url]));
  const isOfDisplay = (id: number | undefined): boolean =>
    id !== undefined && (PARTS.some((part) => urls.get(id)?.startsWith(part)) || isOfDisplay(parents.get(id)));
  let spent = 0;
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const microseconds = timeDeltas[index] ?? 0;
    total += microseconds;
    if (isOfDisplay(id)) spent += microseconds;
  }
  return total === 0 ? 0 : spent / total;
}
