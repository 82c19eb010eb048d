/** A duration for people, rounded down: "4.2 s", "1 min 12 s", "2 h 3 min", "3 d 4 h". */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A range of time for people, its ends rounded away from each other: "3 to 5 s", "40 s to 2 min", "about 3 h". */
export function formatDurationRange(lowMs: number, highMs: number): string {
  const low = roundTo(unitOf(lowMs), lowMs, Math.floor);
  const high = roundTo(unitOf(highMs), highMs, Math.ceil);
  if (low.unit !== high.unit) return `${low.count} ${low.unit} to ${high.count} ${high.unit}`;
  return low.count === high.count ? `about ${high.count} ${high.unit}` : `${low.count} to ${high.count} ${high.unit}`;
}

interface Unit {
  readonly name: string;
  readonly ms: number;
}

const UNITS: readonly [Unit, ...Unit[]] = [
  { name: "s", ms: 1000 },
  { name: "min", ms: 60_000 },
  { name: "h", ms: 3_600_000 },
  { name: "d", ms: 86_400_000 },
];

function unitOf(durationMs: number): Unit {
  return UNITS.findLast(({ ms }) => durationMs >= ms) ?? UNITS[0];
}

function roundTo(
  { name, ms }: Unit,
  durationMs: number,
  round: (value: number) => number,
): { count: number; unit: string } {
  return { count: round(Math.max(0, durationMs) / ms), unit: name };
}
