import { sumComponentStats, type UpdateSnapshot } from "../../progress/stats.ts";
import type { ErrorRecord, FailureRecord, UpdateRecord, UpdateRecordStatus } from "../../progress/update-record.ts";
import type { ReportEvent } from "../report-event.ts";
import type { UpdateSummary } from "../update-summary.ts";
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
  readonly numGroups: number;
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
  const { app, endedAt, error, id, kind, numGroups, status } = summary;
  const startedAtMs = Date.parse(summary.startedAt);
  const all = advanceReport(known?.all, { title: null, startedAtMs, snapshot: snapshotOf(summary) });
  return {
    own: null,
    groups: [],
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
    numGroups,
    endedAtMs: endedAt === null ? null : Date.parse(endedAt),
  };
}

/** What a record says of an update. */
export function fromRecord(record: UpdateRecord, known: UpdateState | undefined): UpdateState {
  const { app, endedAt, error, failures, id, kind, snapshot, status } = record;
  const startedAtMs = Date.parse(record.startedAt);
  const own = advanceReport(known?.own ?? undefined, { title: null, startedAtMs, snapshot, error });
  const groups = record.groups.map((group, index) =>
    advanceReport(known?.groups[index], { ...group, startedAtMs: Date.parse(group.startedAt) }),
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
    numGroups: groups.length,
    throughput: known?.throughput ?? new Throughput(),
    all: known?.all ?? own,
  });
}

/**
 * What an event says of an update that is known with its reports, but for their sum, which is worth its time only once for many
 * events; the same value when it says nothing new.
 */
export function withEvent(known: UpdateState, event: ReportEvent): UpdateState {
  const news = {
    title: event.group,
    startedAtMs: Date.parse(event.startedAt),
    snapshot: event,
    error: event.error ?? null,
  };
  if (event.groupIndex !== null) {
    const report = advanceReport(known.groups[event.groupIndex], news);
    if (report === known.groups[event.groupIndex]) return known;
    const isNew = event.groupIndex === known.groups.length;
    const groups = isNew ? [...known.groups, report] : known.groups.with(event.groupIndex, report);
    return { ...known, groups, numGroups: groups.length };
  }
  const own = advanceReport(known.own ?? undefined, news);
  if (own === known.own) return known;
  if (!event.final) return { ...known, own, status: event.status };
  const error = event.error ?? null;
  const status = error === null ? "ready" : "failed";
  return { ...known, own, error, status, endedAtMs: known.startedAtMs + event.elapsedMs };
}

/** Whether an event can be taken, or the update has to be asked for first. */
export function canTake(known: UpdateState, { groupIndex }: ReportEvent): boolean {
  return known.own !== null && (groupIndex ?? 0) <= known.groups.length;
}

/** Sums the reports up. */
export function withSum(update: UpdateState): UpdateState {
  const { groups, own, startedAtMs } = update;
  if (own === null) return update;
  const total = sumComponentStats([own, ...groups].map(({ snapshot }) => snapshot.stats.total));
  const isListing = [own, ...groups].some(({ snapshot }) => snapshot.isListing);
  const snapshot = { ...own.snapshot, isListing, stats: { byComponent: {}, total } };
  // The own report stands still while a group works.
  const elapsedMs = own.snapshot.final ? own.snapshot.elapsedMs : newestElapsed(update);
  return {
    ...update,
    all: advanceReport(update.all, { title: null, startedAtMs, snapshot: { ...snapshot, elapsedMs } }),
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
