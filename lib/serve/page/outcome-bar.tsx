import type { JSX } from "preact";
import type { Remaining } from "../../progress/view/remaining.ts";
import type { ComponentStats } from "../../progress/schema/stats.ts";
import { OUTCOMES } from "./words.ts";

/** What an {@link OutcomeBar} shows. */
export interface OutcomeBarProps {
  /** What it is the progress of. */
  readonly label: string;
  readonly stats: ComponentStats;
  readonly remaining: Remaining;
  readonly isFinal: boolean;
  readonly isListing: boolean;
  /** How far it has come, in words. */
  readonly text: string;
}

/** How a report stands, as a bar with a part for each outcome. What is not known to be the whole ends in the open. */
export function OutcomeBar({ isFinal, isListing, label, remaining, stats, text }: OutcomeBarProps): JSX.Element {
  const value = isFinal ? 100 : (remaining.percent ?? undefined);
  const parts = OUTCOMES.filter(({ key }) => stats[key] > 0);
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      aria-valuetext={text}
    >
      {parts.map(({ key, tone }) => (
        <span key={key} class={`part ${tone}`} style={{ flexGrow: stats[key] }} />
      ))}
      {isListing && <span key="open" class="part open" style={{ flexGrow: Math.max(1, remaining.numFound * 0.08) }} />}
    </div>
  );
}

/** The counts of a report, each with the colour that it has in the bar. */
export function OutcomeLegend({ stats }: { readonly stats: ComponentStats }): JSX.Element {
  const parts = OUTCOMES.filter(({ key }) => stats[key] > 0);
  return (
    <ul class="legend">
      {parts.map(({ key, name, tone }) => (
        <li key={key}>
          <span class={`swatch ${tone}`} />
          <b>{stats[key].toLocaleString("en")}</b> {name}
        </li>
      ))}
    </ul>
  );
}
