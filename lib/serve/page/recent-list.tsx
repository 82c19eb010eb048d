import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { formatDuration } from "../../text/duration.ts";
import { OutcomeLegend } from "./outcome-bar.tsx";
import { describeStatus, UpdateSection } from "./update-section.tsx";
import type { UpdateState } from "./update-state.ts";
import { formatMoment } from "./words.ts";

/** What a {@link RecentList} shows. */
export interface RecentListProps {
  /** Newest first. */
  readonly updates: readonly UpdateState[];
  readonly onOpen: (id: string) => void;
}

/** The updates that have ended; each opens to all that is known of it. */
export function RecentList({ onOpen, updates }: RecentListProps): JSX.Element | null {
  if (updates.length === 0) return null;
  return (
    <section class="recent" aria-label="Recent updates">
      <h2>Recent</h2>
      {updates.map((update) => (
        <RecentUpdate key={update.id} update={update} onOpen={onOpen} />
      ))}
    </section>
  );
}

const RecentUpdate = memo(function RecentUpdate(props: {
  readonly update: UpdateState;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  const { onOpen, update } = props;
  const [isOpen, setOpen] = useState(false);
  const { all, app, id, kind, startedAtMs, status } = update;
  const hasFailures = all.snapshot.stats.total.numErrors > 0;
  return (
    <details
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
        if (event.currentTarget.open) onOpen(id);
      }}
    >
      <summary>
        <span class="name" dir="auto">
          {app}
        </span>
        <span class={`status ${hasFailures && status === "ready" ? "failed" : status}`}>
          {kind === "drop" ? "dropped" : describeStatus(update)}
        </span>
        <time dateTime={new Date(startedAtMs).toISOString()}>{formatMoment(startedAtMs)}</time>
        <span class="elapsed">{formatDuration(all.snapshot.elapsedMs)}</span>
        <OutcomeLegend stats={all.snapshot.stats.total} />
      </summary>
      {isOpen &&
        (update.own === null ? <p class="quiet">Loading…</p> : <UpdateSection update={update} nowMs={0} isNested />)}
    </details>
  );
});
