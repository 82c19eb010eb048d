import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatDuration } from "../../text/duration.ts";
import { browserClock } from "./browser-clock.ts";
import { describeStatus } from "./update-section.tsx";
import type { UpdateState } from "./update-state.ts";
import { describeFailures, describeProgress } from "./words.ts";

/** The least time between two announcements. */
const STEP_MS = 15_000;

/** Tells a screen reader how the updates stand: when the words change, and at most every fifteen seconds. */
export function Announcer({ updates }: { readonly updates: readonly UpdateState[] }): JSX.Element {
  const [said, setSaid] = useState("");
  const newest = useRef("");
  newest.current = describeAll(updates);
  const saidAt = useRef(Number.NEGATIVE_INFINITY);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (newest.current === said || timer.current !== undefined) return;
    const delayMs = Math.max(0, saidAt.current + STEP_MS - browserClock.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      saidAt.current = browserClock.now();
      setSaid(newest.current);
    }, delayMs);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <p class="hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}

/** How what runs stands; and the newest of what has ended when nothing runs. */
function describeAll(updates: readonly UpdateState[]): string {
  const running = updates.filter(({ endedAtMs }) => endedAtMs === null);
  return (running.length > 0 ? running : updates.slice(0, 1)).map(describeUpdate).join(". ");
}

function describeUpdate(update: UpdateState): string {
  const { all, app, endedAtMs } = update;
  const { elapsedMs, isListing, stats } = all.snapshot;
  const { numErrors } = stats.total;
  const failures = numErrors > 0 ? `, ${describeFailures(numErrors)}` : "";
  if (endedAtMs !== null) return `${app} ${describeStatus(update)} after ${formatDuration(elapsedMs)}${failures}`;
  return `${app}: ${describeProgress(all.estimator.estimate(elapsedMs), isListing)}${failures}`;
}
