import type { UpdateSnapshot } from "../schema/stats.ts";

/** A report in which nothing has finished for long. */
export interface Stall {
  /** The name of the function of the component that has been at work for longest. */
  readonly component: string;
  /** Its path, as text. */
  readonly path: string;
  /** How long it has been at work, in milliseconds. */
  readonly ageMs: number;
  /** How long nothing has finished, in milliseconds. */
  readonly quietMs: number;
}

/** Shorter than this is no stall, however fast the component usually is. */
const LEAST_QUIET_MS = 10_000;
/** So many times the component's usual time is. */
const LEAST_RATIO = 10;
/** Of a component whose pace is not known. */
const QUIET_WITHOUT_PACE_MS = 60_000;
/** The main function has no pace of its own: it is at work from the beginning to the end. */
const ROOT_PATH = "/";

/**
 * Finds out whether a report has come to a standstill at `elapsedMs`: nothing has finished for much longer than the component
 * that has been at work for longest usually takes.
 */
export function findStall(snapshot: UpdateSnapshot, elapsedMs: number): Stall | null {
  const { lastFinishedMs, oldest, status } = snapshot;
  if (status === "ready" || oldest === null || oldest.path === ROOT_PATH) return null;
  const ageMs = elapsedMs - oldest.startedMs;
  // What began after a pause is as old as it is, however long ago something finished.
  const quietMs = Math.min(ageMs, elapsedMs - (lastFinishedMs ?? 0));
  const allowedMs =
    oldest.meanMs === null ? QUIET_WITHOUT_PACE_MS : Math.max(LEAST_QUIET_MS, LEAST_RATIO * oldest.meanMs);
  if (quietMs <= allowedMs) return null;
  return { component: oldest.component, path: oldest.path, ageMs, quietMs };
}
