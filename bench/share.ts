import type { Profiler } from "node:inspector";

/** The share of a profile's time, from 0 to 1, that was spent in `parts` of the package, such as `report/`, and in all that they called. */
export function measureShare(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  parts: readonly string[],
): number {
  const places = parts.map((part) => new URL(part, import.meta.resolve("tidemark")).href);
  const parents = new Map(nodes.flatMap(({ children = [], id }) => children.map((child) => [child, id] as const)));
  const urls = new Map(nodes.map(({ callFrame, id }) => [id, callFrame.url]));
  const isInParts = (id: number | undefined): boolean =>
    id !== undefined && (places.some((place) => urls.get(id)?.startsWith(place)) || isInParts(parents.get(id)));
  let spent = 0;
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const microseconds = timeDeltas[index] ?? 0;
    total += microseconds;
    if (isInParts(id)) spent += microseconds;
  }
  return total === 0 ? 0 : spent / total;
}
