import { sumComponentStats, type UpdateSnapshot } from "../../progress/schema/stats.ts";
import type {
  ErrorRecord,
  FailureRecord,
  ForgottenGroups,
  UpdateRecord,
  UpdateRecordStatus,
} from "../../progress/record/update-record.ts";
import type { ReportEvent } from "../client/report-event.ts";
import type { UpdateSummary } from "../client/update-summary.ts";
import { advanceReport, type ReportState } from "./report-state.ts";
import { Throughput } from "./throughput.ts";

/** What the page knows of one update: a new value for each change. */
export interface UpdateState {
  readonly id: string;
  readonly app: string;
  readonly kind: "update" | "drop";
  readonly startedAtMs: number;
  /** `null` while it runs. */
  readonly endedAtMs: number | null;
  readonly status: UpdateRecordStatus;
  readonly error: Omit<ErrorRecord, "stack"> | ErrorRecord | null;
  /** All of its reports taken together. */
  readonly all: ReportState;
  /** What is outside stats groups; `null` until it has been asked for. */
  readonly own: ReportState | null;
  /** In the order of opening. */
  readonly groups: readonly ReportState[];
  /** Those that the server had as a sum only when it was asked for the update; `null` when it had all. */
  readonly forgotten: ForgottenGroups | null;
  /** The newest; `null` until they have been asked for. */
  readonly failures: readonly FailureRecord[] | null;
  readonly throughput: Throughput;
}

/** Those that are shown in full: what runs, or else the newest. */
export function featuredOf(updates: readonly UpdateState[]): readonly UpdateState[] {
  const running = updates.filter(({ endedAtMs }) => endedAtMs === null);
  return running.length > 0 ? running : updates.slice(0, 1);
}

/** What a list says of an update. */
export function fromSummary(summary: UpdateSummary, known: UpdateState | undefined): UpdateState {
  const { app, endedAt, error, id, kind, status } = summary;
  const startedAtMs = Date.parse(summary.startedAt);
  const all = advanceReport(known?.all, { index: null, title: null, startedAtMs, snapshot: snapshotOf(summary) });
  return {
    own: null,
    groups: [],
    forgotten: null,
    failures: null,
    throughput: new Throughput(),
    ...known,
    id,
    app,
    kind,
    startedAtMs,
    status,
    error,
    all,
    endedAtMs: endedAt === null ? null : Date.parse(endedAt),
  };
}

/** What a record says of an update. */
export function fromRecord(record: UpdateRecord, known: UpdateState | undefined): UpdateState {
  const { app, endedAt, error, failures, id, kind, snapshot, status } = record;
  const startedAtMs = Date.parse(record.startedAt);
  const own = advanceReport(known?.own ?? undefined, { index: null, title: null, startedAtMs, snapshot, error });
  const groups = record.groups.map((group) =>
    advanceReport(findGroup(known, group.index), { ...group, startedAtMs: Date.parse(group.startedAt) }),
  );
  return withSum({
    id,
    app,
    kind,
    startedAtMs,
    status,
    error,
    failures,
    own,
    groups,
    endedAtMs: endedAt === null ? null : Date.parse(endedAt),
    forgotten: record.forgotten ?? null,
    throughput: known?.throughput ?? new Throughput(),
    // The sum has a pace of its own.
    all: known?.all ?? advanceReport(undefined, own),
  });
}

/**
 * What an event says of an update that is known with its reports, but for their sum, which is worth its time only once for many
 * events; the same value when it says nothing new.
 */
export function withEvent(known: UpdateState, event: ReportEvent): UpdateState {
  const news = {
    index: event.groupIndex,
    title: event.group,
    startedAtMs: Date.parse(event.startedAt),
    snapshot: event,
    error: event.error ?? null,
  };
  if (event.groupIndex !== null) {
    const previous = findGroup(known, event.groupIndex);
    const report = advanceReport(previous, news);
    if (report === previous) return known;
    const groups =
      previous === undefined ? [...known.groups, report] : known.groups.with(known.groups.indexOf(previous), report);
    return { ...known, groups };
  }
  const own = advanceReport(known.own ?? undefined, news);
  if (own === known.own) return known;
  if (!event.final) return { ...known, own, status: event.status };
  const error = event.error ?? null;
  const status = error === null ? "ready" : "failed";
  return { ...known, own, error, status, endedAtMs: known.startedAtMs + event.elapsedMs };
}

/** Whether an event can be taken, or the update has to be asked for first. */
export function canTake(known: UpdateState, event: ReportEvent): boolean {
  const next = (known.groups.at(-1)?.index ?? -1) + 1;
  // Events need not come in the order in which groups were opened; cards are in that order.
  return known.own !== null && (event.groupIndex === next || findReport(known, event) !== undefined);
}

/** The report that an event is of; `undefined` when it is not known. */
export function findReport(known: UpdateState | undefined, { groupIndex }: ReportEvent): ReportState | undefined {
  return groupIndex === null ? (known?.own ?? undefined) : findGroup(known, groupIndex);
}

function findGroup(known: UpdateState | undefined, index: number): ReportState | undefined {
  // Most often all are there.
  const guess = known?.groups[index];
  return guess?.index === index ? guess : known?.groups.find((group) => group.index === index);
}

/** Sums the reports up. */
export function withSum(update: UpdateState): UpdateState {
  const { forgotten, groups, own, startedAtMs } = update;
  if (own === null) return update;
  const totals = [own, ...groups].map(({ snapshot }) => snapshot.stats.total);
  const total = sumComponentStats(forgotten === null ? totals : [...totals, forgotten.total]);
  const isListing = [own, ...groups].some(({ snapshot }) => snapshot.isListing);
  const snapshot = { ...own.snapshot, isListing, stats: { byComponent: {}, total } };
  // The own report stands still while a group works.
  const elapsedMs = own.snapshot.final ? own.snapshot.elapsedMs : newestElapsed(update);
  return {
    ...update,
    all: advanceReport(update.all, { index: null, title: null, startedAtMs, snapshot: { ...snapshot, elapsedMs } }),
  };
}

function newestElapsed({ groups, own, startedAtMs }: UpdateState): number {
  const times = groups.map((group) => group.startedAtMs - startedAtMs + group.snapshot.elapsedMs);
  return Math.max(own?.snapshot.elapsedMs ?? 0, ...times);
}

function snapshotOf({ elapsedMs, endedAt, status, total }: UpdateSummary): UpdateSnapshot {
  return {
    stats: { byComponent: {}, total },
    status: status === "ready" ? "ready" : "running",
    result: null,
    final: endedAt !== null,
    elapsedMs,
    isListing: endedAt === null,
    lastFinishedMs: null,
    oldest: null,
    caughtUpAt: null,
    oldestChangeAt: null,
    failingSources: [],
  };
}
