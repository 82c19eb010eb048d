/** An OpenTelemetry counter of this package: its name, unit and description. */
export interface CounterName {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** The instrumentation scope of every instrument. */
export const SCOPE_NAME = "tidemark";

/** The six counters of a component, in the order in which {@link Outcome} and cells number them. */
export const COMPONENT_COUNTERS: readonly CounterName[] = [
  {
    name: "tidemark.component.execution.starts",
    unit: "{execution}",
    description: "Component executions started",
  },
  {
    name: "tidemark.component.unchanged",
    unit: "{component}",
    description: "Executions skipped because nothing changed",
  },
  {
    name: "tidemark.component.adds",
    unit: "{component}",
    description: "Components built for the first time",
  },
  {
    name: "tidemark.component.deletes",
    unit: "{component}",
    description: "Components whose target state was removed",
  },
  {
    name: "tidemark.component.reprocesses",
    unit: "{component}",
    description: "Components rebuilt because input or code changed",
  },
  {
    name: "tidemark.component.errors",
    unit: "{error}",
    description: "Component executions that failed",
  },
];

/** Starts that were taken back because the run was aborted; a counter cannot go down, so they are counted apart. */
export const CANCELLATIONS: CounterName = {
  name: "tidemark.component.cancellations",
  unit: "{execution}",
  description: "Component executions cancelled after their start",
};

/** Attribute keys of the exported instruments. */
export const APP_KEY = "app";
export const COMPONENT_KEY = "component";
export const GROUP_KEY = "group";

/** Attribute key of the local stream that stands for one report; never exported. */
export const REPORT_KEY = "report";

/** The exported group title of a component outside any stats group. */
export const ROOT_GROUP = "root";

/** The longest attribute value that is exported, in UTF-16 code units. */
export const MAX_ATTRIBUTE_LENGTH = 200;

/**
 * The most titles of stats groups that an app exports as they are. Each is seven series for every component in it, which
 * Prometheus keeps for as long as the process lives: a title made from data would add some with every item.
 */
export const MAX_EXPORTED_TITLES = 200;

/** The most component names that an app exports as they are: more than a program has functions, fewer than data has items. */
export const MAX_EXPORTED_COMPONENTS = 1000;

/** What titles and component names beyond the bounds are exported as. */
export const OTHER = "other";

/**
 * Makes a title or name fit for export: bounded in length, well-formed, and with a double quote as a single one, because
 * Grafana does not escape a double quote in the value of a variable.
 */
export function formatAttribute(value: string): string {
  const bounded = value.length > MAX_ATTRIBUTE_LENGTH ? `${value.slice(0, MAX_ATTRIBUTE_LENGTH - 1)}…` : value;
  return bounded.toWellFormed().replaceAll('"', "'");
}
