import type { AppRows } from "../engine/records/app-rows.ts";
import { currentFrame } from "../engine/run/frame.ts";
import type { Project } from "../engine/run/project.ts";
import { Run, type Starter } from "../engine/run/run.ts";
import { requireOutside } from "../engine/run/surroundings.ts";
import { retryDeletions } from "../engine/execution/sweep.ts";
import { removeGivenUp } from "../engine/execution/remove-given-up.ts";
import { verifyWrites } from "../engine/execution/verify-writes.ts";
import { AbortGrace } from "../time/abort-grace.ts";
import { stateOf } from "./environment.ts";
import type { EnvironmentState } from "./environment-state.ts";
import { followLive } from "./follow-live.ts";
import { openProject } from "./open-project.ts";
import { noteLostWrites } from "./note-lost-writes.ts";
import { noteDoubtful } from "./note-doubtful.ts";
import { noteWaiting } from "./note-waiting.ts";
import { RunAccount } from "./run-account.ts";
import type { RunAppOptions, RunnableApp } from "./run-options.ts";
import { RunOutcome } from "./run-outcome.ts";
import { RunReports } from "./run-reports.ts";
import { RunShutdown } from "./run-shutdown.ts";
import { StopLimit } from "./stop-limit.ts";
import type { Turns } from "./turns.ts";

/** Runs `body` as an update of `app`: when its turn has come, with reports that end when it does. */
export function runApp<R>(app: RunnableApp, options: RunAppOptions, body: (run: Run) => Promise<R>): Promise<R> {
  const state = stateOf(app.environment);
  const aborting = new AbortController();
  const signal = options.signal === undefined ? aborting.signal : AbortSignal.any([options.signal, aborting.signal]);
  const result = new AppRun<R>(app, state, { ...options, signal }).start(body);
  state.track(result, (reason) => aborting.abort(reason));
  return result;
}

/** The turns that each run belongs to. */
const turnsOf = new WeakMap<Run, Turns>();

/** The records of an app, and the project that they are read for. */
interface OpenRecords {
  readonly project: Project;
  readonly rows: AppRows;
  readonly bootId: string | undefined;
}

class AppRun<R> {
  readonly #app: RunnableApp;
  readonly #state: EnvironmentState;
  readonly #options: RunAppOptions & { readonly signal: AbortSignal };
  readonly #outcome: RunOutcome<R>;
  readonly #startedIn: Starter | undefined = currentFrame()?.component;

  constructor(app: RunnableApp, state: EnvironmentState, options: RunAppOptions & { readonly signal: AbortSignal }) {
    this.#app = app;
    this.#state = state;
    this.#options = options;
    this.#outcome = new RunOutcome(options.signal);
  }

  /** Goes through the phases of the run. They end in reverse order. */
  async start(body: (run: Run) => Promise<R>): Promise<R> {
    const outcome = this.#outcome;
    const { signal } = this.#options;
    this.#state.requireOpen();
    this.#requireOutside();
    using _turn = await this.#turns.take(signal);
    using account = new RunAccount({ ...this.#options, app: this.#app, state: this.#state, outcome });
    const opened = await outcome.attempt(() => this.#openRecords());
    const { rows } = opened;
    using printing = new AbortGrace(this.#state.clock);
    using _printing = abortWith(signal, printing);
    await using reports = this.#openReports(account, rows, printing);
    using run = this.#createRun(opened, reports);
    account.slots = run.slots;
    using stopping = new StopLimit(run);
    this.#announce(run, reports, stopping);
    using _aborting = abortWith(signal, run);
    await using _shutdown = new RunShutdown(run, outcome);
    const value = await outcome.decide(() => this.#work(run, body, stopping));
    if (run.isCutShort) reports.completeGroups();
    return value;
  }

  get #turns(): Turns {
    return this.#state.turns(this.#app.name);
  }

  /** A run of the same app that this one is started in would have to end before this one begins. */
  #requireOutside(): void {
    const kind = this.#options.kind === "drop" ? "a drop" : "an update";
    requireOutside(
      ({ run }) => turnsOf.get(run) === this.#turns && run.report.end === undefined,
      `start ${kind} of app "${this.#app.name}"`,
      "start it when the run that it is part of has ended",
    );
  }

  async #openRecords(): Promise<OpenRecords> {
    const { adopt, signal } = this.#options;
    const project = await openProject(this.#state, this.#app.name, { adopt });
    const rows = await this.#state.createRows(this.#app.name);
    const bootId = await this.#state.readBootId();
    signal.throwIfAborted();
    return { project, rows, bootId };
  }

  #openReports(account: RunAccount, rows: AppRows, printing: AbortGrace): RunReports {
    const { observer } = this.#options;
    const own = account.openReport(rows);
    const { noticeLog, stdoutReporter: reporter } = this.#state;
    return new RunReports({ own, account, observer, reporter, noticeLog, printing, outcome: this.#outcome });
  }

  #createRun({ bootId, project, rows }: OpenRecords, reports: RunReports): Run {
    const run = new Run({
      rows,
      bootId,
      report: reports.own,
      groups: reports,
      environmentName: this.#state.name,
      project,
      handlers: this.#state.handlers,
      maxInflightComponents: this.#app.maxInflightComponents,
      maxDeletes: this.#options.maxDeletes,
      isFullReprocess: this.#options.isFullReprocess,
      isLive: this.#options.isLive,
      clock: this.#state.clock,
      startedIn: this.#startedIn,
      isAppInUse: (name) => this.#state.isAppInUse(name),
    });
    turnsOf.set(run, this.#turns);
    return run;
  }

  /** Runs the body, follows its live components, and waits until everything is written and deleted. */
  async #work(run: Run, body: (run: Run) => Promise<R>, stopping: StopLimit): Promise<R> {
    const home = await this.#state.home();
    if (this.#options.kind === "update") noteLostWrites(run, await verifyWrites(run, this.#options.signal));
    const value = await body(run);
    // A live run may go on for days.
    if (!run.live.isEmpty) noteWaiting(run, home.confirmedFolder);
    await followLive(run, stopping);
    if (run.isCutShort) return value;
    await run.written();
    await retryDeletions(run);
    if (run.project.isConfirmed) await removeGivenUp(run, "moved");
    noteWaiting(run, home.confirmedFolder);
    noteDoubtful(run);
    run.throwIfAborted();
    if (this.#options.kind === "drop") await home.leaveProject(this.#app.name);
    return value;
  }

  /** Lets the handle and the reporter follow the run. */
  #announce(run: Run, reports: RunReports, stopping: StopLimit): void {
    const { intervalMs, observer } = this.#options;
    observer.started(run.report, () => stopping.stop());
    if (intervalMs !== undefined) reports.show(run.report, intervalMs);
  }
}

/** Aborts the run, or the printing of its reports, with `signal`, until disposed of. */
function abortWith(signal: AbortSignal, abortable: Pick<AbortGrace, "abort">): Disposable {
  const abort = (): void => abortable.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", abort) };
}
