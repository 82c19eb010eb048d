import { randomBytes } from "node:crypto";
import type { Clock } from "../../time/clock.ts";
import { createErrorRecord, createFailureRecord } from "./error-record.ts";
import { copyPlainResult } from "./plain-result.ts";
import { byOccurrence } from "../occurrence.ts";
import type { ComponentFailure, Report } from "../report.ts";
import { sumComponentStats, type UpdateSnapshot } from "../schema/stats.ts";
import {
  MAX_RECORDED_FAILURES,
  type ForgottenGroups,
  type UpdateRecord,
  type UpdateRecordStatus,
} from "./update-record.ts";

/** Beyond this number of reports, those of groups that have ended are kept as a sum only, the oldest first. */
const MAX_REPORTS = 1000;

/** What a {@link LoggedUpdate} is made of. */
export interface LoggedUpdateOptions {
  readonly app: string;
  readonly kind: "update" | "drop";
  /** Stands for the environment that the app is in. */
  readonly environment: object;
  /** The report of the whole run. */
  readonly report: Report;
  readonly clock: Clock;
  /** Called at the end. */
  readonly onEnd: () => void;
}

/** One report of an update, and when it began. */
export interface LoggedReport {
  readonly report: Report;
  /** The place among all groups of the update, from 0; `null` for the run's own report. */
  readonly groupIndex: number | null;
  readonly startedAt: Date;
}

interface LoggedFailure extends Pick<LoggedReport, "groupIndex"> {
  readonly failure: ComponentFailure;
}

/** How an update ended. */
export interface UpdateEnd {
  readonly status: Exclude<UpdateRecordStatus, "running">;
  /** What it failed with. */
  readonly error?: unknown;
}

/** One update or drop of an app that has begun: its reports while it runs, a record of it afterwards. */
export class LoggedUpdate {
  /** Unique among all updates of all processes. */
  readonly id: string;
  readonly app: string;
  readonly kind: "update" | "drop";
  readonly environment: object;
  readonly startedAt: Date;
  readonly #startedMs: number;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #reports: LoggedReport[];
  #numGroups = 0;
  #forgotten: ForgottenGroups | undefined;
  /** The newest of the groups that are forgotten. */
  #forgottenFailures: readonly LoggedFailure[] = [];
  #record: UpdateRecord | undefined;

  constructor(options: LoggedUpdateOptions) {
    this.startedAt = options.clock.date();
    this.#startedMs = options.clock.now();
    this.id = createId(this.startedAt);
    this.app = options.app;
    this.kind = options.kind;
    this.environment = options.environment;
    this.#clock = options.clock;
    this.#onEnd = options.onEnd;
    this.#reports = [{ report: options.report, groupIndex: null, startedAt: this.startedAt }];
  }

  get isRunning(): boolean {
    return this.#record === undefined;
  }

  /** The run's own report, then those of its stats groups in the order of opening; none once it has ended. */
  get reports(): readonly LoggedReport[] {
    return this.#reports;
  }

  /** The groups that were opened but are not in {@link reports} any more; `undefined` when all are. */
  get forgotten(): ForgottenGroups | undefined {
    return this.#forgotten;
  }

  /** A stats group was opened. */
  addGroup(report: Report): void {
    this.#reports.push({ report, groupIndex: this.#numGroups++, startedAt: this.#date() });
    if (this.#reports.length <= MAX_REPORTS) return;
    // A live run may open groups again and again, for as long as the process lives.
    const oldestEnded = this.#reports.findIndex((logged) => logged.report.end !== undefined);
    if (oldestEnded > 0) this.#forget(this.#reports.splice(oldestEnded, 1)[0]!);
  }

  /** It has ended, and so have its reports; gives the record that stays. */
  end(end: UpdateEnd): UpdateRecord {
    if (this.#record !== undefined) return this.#record;
    this.#record = this.#createRecord(end);
    // The reports hold what was thrown, and the counts in a form that is made for counting.
    this.#reports = [];
    this.#onEnd();
    return this.#record;
  }

  /** How it stands now; the same value once it has ended. */
  record(): UpdateRecord {
    return this.#record ?? this.#createRecord(undefined);
  }

  /** The start plus the elapsed time: a clock that is set meanwhile makes no duration negative or years long. */
  #date(): Date {
    return new Date(this.startedAt.getTime() + Math.round(this.#clock.now() - this.#startedMs));
  }

  #forget(logged: LoggedReport): void {
    const { report } = logged;
    const { numGroups = 0, total } = this.#forgotten ?? {};
    const counted = report.stats().total;
    this.#forgotten = Object.freeze({
      numGroups: numGroups + 1,
      total: total === undefined ? counted : sumComponentStats([total, counted]),
    });
    const failures = failuresOf(logged);
    if (failures.length > 0) this.#forgottenFailures = newestOf([...this.#forgottenFailures, ...failures]);
  }

  #createRecord(end: UpdateEnd | undefined): UpdateRecord {
    const [own, ...groups] = this.#reports;
    const error = end !== undefined && "error" in end ? createErrorRecord(end.error) : null;
    const snapshot = recordSnapshot(own!.report, end);
    return Object.freeze({
      id: this.id,
      app: this.app,
      kind: this.kind,
      startedAt: this.startedAt.toISOString(),
      endedAt: end === undefined ? null : this.#date().toISOString(),
      status: end?.status ?? snapshot.status,
      error,
      snapshot,
      groups: groups.map(({ groupIndex, report, startedAt }) => ({
        index: groupIndex!,
        title: (report.title ?? "").toWellFormed(),
        startedAt: startedAt.toISOString(),
        snapshot: recordSnapshot(report, end),
      })),
      ...(this.#forgotten !== undefined && { forgotten: this.#forgotten }),
      failures: this.#recordFailures(),
    });
  }

  #recordFailures(): UpdateRecord["failures"] {
    const failures = this.#reports.flatMap(failuresOf);
    return newestOf([...this.#forgottenFailures, ...failures]).map(({ failure, groupIndex }) => {
      return { ...createFailureRecord(failure), groupIndex };
    });
  }
}

function failuresOf({ groupIndex, report }: LoggedReport): readonly LoggedFailure[] {
  return report.failures().map((failure) => ({ failure, groupIndex }));
}

/** The failures that a record keeps, oldest first. */
function newestOf(failures: readonly LoggedFailure[]): readonly LoggedFailure[] {
  return failures.toSorted((one, other) => byOccurrence(one.failure, other.failure)).slice(-MAX_RECORDED_FAILURES);
}

let numIds = 0;

/** An id that sorts by the time of day, and by the order in the process within a millisecond. */
function createId(at: Date): string {
  const number = (numIds++ % 36 ** 4).toString(36).padStart(4, "0");
  return `${at.getTime().toString(36)}-${number}${randomBytes(5).toString("hex")}`;
}

/** The newest snapshot of a report, with a result that JSON can hold. */
function recordSnapshot(report: Report, end: UpdateEnd | undefined): UpdateSnapshot {
  const snapshot = report.snapshot();
  if (end === undefined && snapshot.result === null) return snapshot;
  if (end === undefined) return Object.freeze({ ...snapshot, result: copyPlainResult(snapshot.result) });
  // A run that fails has no final snapshot: what it had counted at the end stands for it.
  return Object.freeze({
    ...snapshot,
    stats: report.stats(),
    result: copyPlainResult(snapshot.result),
    final: true,
    isListing: false,
    oldest: null,
  });
}
