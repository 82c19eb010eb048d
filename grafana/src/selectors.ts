import { select } from "./promql.ts";

/** Where metrics come from. */
export const SOURCE = 'job=~"$job",instance=~"$instance"';
/** An app of those that are selected. */
export const APP: string = `${SOURCE},app=~"$app"`;
const COMPONENT = `${APP},group=~"$group",component=~"$component"`;

/** The series of `metric` of the selected apps. */
export function ofApps(metric: string): string {
  return select(metric, APP);
}

/** The series of `metric` of the selected components. */
export function ofComponents(metric: string): string {
  return select(metric, COMPONENT);
}
