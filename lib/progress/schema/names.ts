/** The keys of exported attributes. */
type AttributeKey = "app" | "component" | "group" | "outcome" | "result" | "v8js.heap.space.name";

/** An OpenTelemetry instrument of this package. */
export interface InstrumentName {
  readonly name: string;
  readonly kind: "counter" | "histogram" | "upDownCounter" | "gauge";
  readonly unit: string;
  readonly description: string;
  /** The keys of its exported attributes. */
  readonly attributes: readonly AttributeKey[];
}

/** A histogram, with the upper bounds of its buckets. */
export interface HistogramName extends InstrumentName {
  readonly kind: "histogram";
  readonly boundaries: readonly number[];
}

/** The instrumentation scope of every instrument. */
export const SCOPE_NAME = "tidemark";

/** Attribute keys of the exported instruments. */
export const APP_KEY = "app";
export const COMPONENT_KEY = "component";
export const GROUP_KEY = "group";
export const OUTCOME_KEY = "outcome";
export const RESULT_KEY = "result";
export const HEAP_SPACE_KEY = "v8js.heap.space.name";

/** Attribute key of the local stream that stands for one report; never exported. */
export const REPORT_KEY = "report";

const COMPONENT_ATTRIBUTES = [APP_KEY, COMPONENT_KEY, GROUP_KEY] as const;

/** The six counters of a component, in the order in which {@link Outcome} and cells number them. */
export const COMPONENT_COUNTERS: readonly InstrumentName[] = [
  counter("tidemark.component.execution.starts", "{execution}", "Component executions started"),
  counter("tidemark.component.unchanged", "{component}", "Executions skipped because nothing changed"),
  counter("tidemark.component.adds", "{component}", "Components built for the first time"),
  counter("tidemark.component.deletes", "{component}", "Components whose target state was removed"),
  counter("tidemark.component.reprocesses", "{component}", "Components rebuilt because input or code changed"),
  counter("tidemark.component.errors", "{error}", "Component executions that failed"),
];

/** Starts that were taken back because the run was aborted; a counter cannot go down, so they are counted apart. */
export const CANCELLATIONS: InstrumentName = counter(
  "tidemark.component.cancellations",
  "{execution}",
  "Component executions cancelled after their start",
);

/** Started and not ended. */
export const COMPONENT_ACTIVE: InstrumentName = {
  name: "tidemark.component.active",
  kind: "upDownCounter",
  unit: "{execution}",
  description: "Component executions in progress",
  attributes: COMPONENT_ATTRIBUTES,
};

/** Mounted, waiting for a slot. */
export const QUEUE_SIZE: InstrumentName = {
  name: "tidemark.queue.size",
  kind: "upDownCounter",
  unit: "{execution}",
  description: "Components mounted and waiting for a slot",
  attributes: COMPONENT_ATTRIBUTES,
};

/** The time of executions that ran, by the counter in which they ended; a memo hit does not run. */
export const COMPONENT_DURATION: HistogramName = {
  name: "tidemark.component.duration",
  kind: "histogram",
  unit: "s",
  description: "Time from the start to the end of component executions that ran",
  attributes: [...COMPONENT_ATTRIBUTES, OUTCOME_KEY],
  boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
};

/** How an update can end; the values of the attribute {@link RESULT_KEY}. */
export const RUN_RESULTS = ["success", "error", "cancelled"] as const;

/** Updates that have ended. */
export const RUN_COMPLETIONS: InstrumentName = {
  name: "tidemark.run.completions",
  kind: "counter",
  unit: "{run}",
  description: "Updates ended",
  attributes: [APP_KEY, RESULT_KEY],
};

/** The time of updates that have ended. */
export const RUN_DURATION: HistogramName = {
  name: "tidemark.run.duration",
  kind: "histogram",
  unit: "s",
  description: "Time from the start to the end of updates",
  attributes: [APP_KEY, RESULT_KEY],
  boundaries: [1, 5, 15, 60, 300, 900, 3600, 14_400],
};

/** What is observed of the updates of an app when metrics are collected. */
export type RunObservation =
  | "active"
  | "startedAt"
  | "succeededAt"
  | "appStartedAt"
  | "slotsUsed"
  | "slotLimit"
  | "liveReady"
  | "liveLag"
  | "liveFailingSources";

/** The instruments of what is observed. */
export const RUN_OBSERVATIONS: Readonly<Record<RunObservation, InstrumentName>> = {
  active: observation("tidemark.run.active", "upDownCounter", "{run}", "Updates in progress"),
  startedAt: observation("tidemark.run.start.timestamp", "gauge", "s", "Unix time of the newest start of an update"),
  succeededAt: observation(
    "tidemark.run.last_success.timestamp",
    "gauge",
    "s",
    "Unix time at which an update last succeeded, or a live one was last caught up with no source failing",
  ),
  appStartedAt: observation(
    "tidemark.app.start.timestamp",
    "gauge",
    "s",
    "Unix time of the first start of an update in this process",
  ),
  slotsUsed: observation("tidemark.concurrency.used", "gauge", "{slot}", "Slots taken by components"),
  slotLimit: observation("tidemark.concurrency.limit", "gauge", "{slot}", "Slots there are for components"),
  // No unit: OTLP would make "_ratio" of "1".
  liveReady: observation(
    "tidemark.live.ready",
    "gauge",
    "",
    "Whether a live update has caught up: 1; else, or once it has ended, 0",
  ),
  liveLag: observation(
    "tidemark.live.lag",
    "gauge",
    "s",
    "Age of the oldest change that a live update has not worked off",
  ),
  liveFailingSources: observation(
    "tidemark.live.failing_sources",
    "gauge",
    "{source}",
    "Sources of a live update that fail and are tried again",
  ),
};

/** What is observed of the process; the names are those of OpenTelemetry's conventions for Node. */
export type ProcessObservation = "loopDelayP99" | "loopDelayMax" | "loopUtilization" | "heapUsed";

/** The instruments of what is observed of the process. Those of this package's own providers alone have them. */
export const PROCESS_OBSERVATIONS: Readonly<Record<ProcessObservation, InstrumentName>> = {
  loopDelayP99: {
    name: "nodejs.eventloop.delay.p99",
    kind: "gauge",
    unit: "s",
    description: "Event loop delay, 99th percentile since the last collection",
    attributes: [],
  },
  loopDelayMax: {
    name: "nodejs.eventloop.delay.max",
    kind: "gauge",
    unit: "s",
    description: "Event loop delay, longest since the last collection",
    attributes: [],
  },
  loopUtilization: {
    name: "nodejs.eventloop.utilization",
    kind: "gauge",
    unit: "1",
    description: "Share of the time since the last collection in which the event loop was busy",
    attributes: [],
  },
  heapUsed: {
    name: "v8js.memory.heap.used",
    kind: "upDownCounter",
    unit: "By",
    description: "Heap memory in use",
    attributes: [HEAP_SPACE_KEY],
  },
};

/** Every exported instrument of updates and components. */
export const EXPORTED_INSTRUMENTS: readonly InstrumentName[] = [
  ...COMPONENT_COUNTERS,
  CANCELLATIONS,
  COMPONENT_ACTIVE,
  QUEUE_SIZE,
  COMPONENT_DURATION,
  RUN_COMPLETIONS,
  RUN_DURATION,
  ...Object.values(RUN_OBSERVATIONS),
];

/** What exporters to Prometheus that follow its naming put behind a name, by unit. */
const UNIT_SUFFIXES: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes", 1: "_ratio" };

/** The name under which an instrument gets the same Prometheus name from every exporter, whether that adds the unit or not. */
export function nameWithUnit({ name, unit }: InstrumentName): string {
  return `${name}${UNIT_SUFFIXES[unit] ?? ""}`;
}

function counter(name: string, unit: string, description: string): InstrumentName {
  return { name, kind: "counter", unit, description, attributes: COMPONENT_ATTRIBUTES };
}

function observation(name: string, kind: "upDownCounter" | "gauge", unit: string, description: string): InstrumentName {
  return { name, kind, unit, description, attributes: [APP_KEY] };
}
