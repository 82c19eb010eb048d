import { select } from "./promql.ts";

/** The labels of one app at one target. */
export const PER_APP: readonly string[] = ["job", "instance", "app"];
/** The labels of one app in one process: another exporter than this package's may have no `service_instance_id`. */
export const PER_PROCESS: readonly string[] = [...PER_APP, "service_instance_id"];
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
