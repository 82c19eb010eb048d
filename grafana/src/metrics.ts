import {
  EXPORTED_INSTRUMENTS,
  nameWithUnit,
  PROCESS_OBSERVATIONS,
  type InstrumentName,
} from "../../lib/progress/schema/names.ts";

/** The names under which Prometheus knows the instruments of this package. */
export const METRICS = {
  starts: metric("tidemark.component.execution.starts"),
  unchanged: metric("tidemark.component.unchanged"),
  adds: metric("tidemark.component.adds"),
  deletes: metric("tidemark.component.deletes"),
  reprocesses: metric("tidemark.component.reprocesses"),
  errors: metric("tidemark.component.errors"),
  cancellations: metric("tidemark.component.cancellations"),
  inProgress: metric("tidemark.component.active"),
  duration: metric("tidemark.component.duration"),
  queued: metric("tidemark.queue.size"),
  slotsUsed: metric("tidemark.concurrency.used"),
  slotLimit: metric("tidemark.concurrency.limit"),
  runCompletions: metric("tidemark.run.completions"),
  runsActive: metric("tidemark.run.active"),
  runDuration: metric("tidemark.run.duration"),
  runStart: metric("tidemark.run.start.timestamp"),
  lastSuccess: metric("tidemark.run.last_success.timestamp"),
  appStart: metric("tidemark.app.start.timestamp"),
  liveReady: metric("tidemark.live.ready"),
  liveLag: metric("tidemark.live.lag"),
  liveFailingSources: metric("tidemark.live.failing_sources"),
  loopDelayP99: prometheusName(PROCESS_OBSERVATIONS.loopDelayP99),
  loopDelayMax: prometheusName(PROCESS_OBSERVATIONS.loopDelayMax),
  loopUtilization: prometheusName(PROCESS_OBSERVATIONS.loopUtilization),
  heapUsed: prometheusName(PROCESS_OBSERVATIONS.heapUsed),
} as const;

/** The five ways in which an execution ends and is counted, the quiet one first. */
export const OUTCOMES: readonly string[] = [
  METRICS.unchanged,
  METRICS.adds,
  METRICS.reprocesses,
  METRICS.deletes,
  METRICS.errors,
];

/** Every instrument that Prometheus may see: of updates, of components and of the process. */
export const INSTRUMENTS: readonly InstrumentName[] = [...EXPORTED_INSTRUMENTS, ...Object.values(PROCESS_OBSERVATIONS)];

/** The name that an instrument has in Prometheus, with its unit and kind. */
export function prometheusName(instrument: InstrumentName): string {
  return `${nameWithUnit(instrument).replaceAll(".", "_")}${instrument.kind === "counter" ? "_total" : ""}`;
}

function metric(name: string): string {
  const instrument = EXPORTED_INSTRUMENTS.find((candidate) => candidate.name === name);
  if (instrument === undefined) {
    throw new Error(`Cannot find instrument ${name}: it is not in lib/progress/schema/names.ts`);
  }
  return prometheusName(instrument);
}
