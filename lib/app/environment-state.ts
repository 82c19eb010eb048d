import { metrics, type MeterProvider } from "@opentelemetry/api";
import { resolve } from "node:path";
import type { ExceptionHandler } from "../engine/run/exceptions.ts";
import { createAppRows, findAppRows, listApps } from "../engine/records/app-list.ts";
import type { AppRows } from "../engine/records/app-rows.ts";
import { TidemarkError } from "../errors.ts";
import { StoreHome } from "../project/store-home.ts";
import { processUpdates, type UpdateLog } from "../progress/record/update-log.ts";
import type { UpdateRecord } from "../progress/record/update-record.ts";
import { reportOnStdout, type StdoutReporter } from "../report/terminal/stdout-reporter.ts";
import type { StateStore } from "../state/store.ts";
import type { Notice } from "../progress/notices.ts";
import { ownBootId } from "../time/boot-id.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system-clock.ts";
import { logNotice } from "./log-notice.ts";
import { logException } from "./log-exception.ts";
import { openStore, warnOfUpgrade } from "./open-store.ts";
import { readUpdates } from "./update-history.ts";
import { Turns } from "./turns.ts";

/** What an {@link EnvironmentState} is made of. */
export interface EnvironmentStateOptions {
  readonly name: string;
  readonly dbPath: string;
  readonly root: string;
  /** Whether the user has named the root. */
  readonly isRootGiven: boolean;
  readonly meterProvider?: MeterProvider;
  readonly onException?: ExceptionHandler;
}

/** The inside of an environment: its open store, and the updates that are running. */
export class EnvironmentState {
  readonly name: string;
  readonly dbPath: string;
  /** The canonical absolute path of the project's folder. */
  readonly root: string;
  /** Whether the user has named the root. */
  readonly isRootGiven: boolean;
  readonly updates: UpdateLog = processUpdates;
  /** The clock of the runs to come; tests give their own. */
  clock: Clock = systemClock;
  /** The exception handler of an environment that was created without one. */
  exceptionLog: ExceptionHandler = logException;
  /** Takes the notices of runs that no display shows. */
  noticeLog: (notice: Notice) => void = logNotice;
  /** Prints the reports for which `reportToStdout` asks. */
  stdoutReporter: StdoutReporter = reportOnStdout;
  /** Reads the id of the machine's present boot; tests give their own. */
  readBootId: () => Promise<string | undefined> = ownBootId;
  /** Takes a message about the store when it is opened. */
  storeLog: (message: string) => void = warnOfUpgrade;
  /** Whether a store with damaged rows is opened, too, so that they can be repaired. */
  admitsDamagedRows = false;
  /** The absolute path of the store's folder. */
  readonly #folder: string;
  readonly #onException: ExceptionHandler | undefined;
  readonly #meterProvider: MeterProvider | undefined;
  readonly #turns = new Map<string, Turns>();
  readonly #running = new Map<Promise<unknown>, (reason: unknown) => void>();
  readonly #defined = new Set<string>();
  #store: Promise<StateStore> | undefined;
  #home: Promise<StoreHome> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: EnvironmentStateOptions) {
    this.name = options.name;
    this.dbPath = options.dbPath;
    // The working directory may change while the store is open.
    this.#folder = resolve(options.dbPath);
    this.root = options.root;
    this.isRootGiven = options.isRootGiven;
    this.#meterProvider = options.meterProvider;
    this.#onException = options.onException;
  }

  /** The handlers of the runs to come. */
  get handlers(): readonly ExceptionHandler[] {
    return [this.#onException ?? this.exceptionLog];
  }

  /** The host's meter provider of this moment. */
  get meterProvider(): MeterProvider {
    return this.#meterProvider ?? metrics.getMeterProvider();
  }

  /**
   * The store, opened at the first call. A failure to open is not kept: the next call tries again.
   *
   * @throws TidemarkError `STORE_LOST` when its files were deleted, replaced or cut short since then
   */
  async store(): Promise<StateStore> {
    this.requireOpen();
    const opening = (this.#store ??= openStore(this.#folder, {
      log: this.storeLog,
      clock: this.clock,
      admitsDamagedRows: this.admitsDamagedRows,
    }));
    const store = await this.#opened(opening);
    store.requireInPlace();
    return store;
  }

  async #opened(opening: Promise<StateStore>): Promise<StateStore> {
    try {
      return await opening;
    } catch (error) {
      if (this.#store === opening) this.#store = undefined;
      throw error;
    }
  }

  /**
   * The place of the store, looked into at the first call: only a run asks for it, so that looking at a copy changes nothing. A failure
   * is not kept: the next call tries again.
   */
  async home(): Promise<StoreHome> {
    const store = await this.store();
    const opening = (this.#home ??= StoreHome.open(store, this.#folder));
    try {
      return await opening;
    } catch (error) {
      if (this.#home === opening) this.#home = undefined;
      throw error;
    }
  }

  /** Throws TidemarkError `ENVIRONMENT_CLOSED` after `close`. */
  requireOpen(): void {
    if (this.#closing === undefined) return;
    throw closedError(this.name);
  }

  /** The turns of an app's updates: one runs at a time. */
  turns(app: string): Turns {
    let turns = this.#turns.get(app);
    if (turns === undefined) {
      turns = new Turns();
      this.#turns.set(app, turns);
    }
    return turns;
  }

  /** The names of the apps that have state, sorted. */
  async appNames(): Promise<readonly string[]> {
    return listApps(await this.store()).toSorted();
  }

  /** The rows of an app; `undefined` when it has none. */
  async findRows(app: string): Promise<AppRows | undefined> {
    return findAppRows(await this.store(), app);
  }

  /** The updates of an app that have ended, newest first. */
  async endedUpdates(app: string): Promise<readonly UpdateRecord[]> {
    const rows = await this.findRows(app);
    return rows === undefined ? [] : readUpdates(rows);
  }

  /** The rows of an app, which is put on record if it is new. */
  async createRows(app: string): Promise<AppRows> {
    return createAppRows(await this.store(), app);
  }

  /** Notes that an app is defined here, or is run again after it was dropped. */
  addApp(name: string): void {
    this.#defined.add(name);
  }

  /** Notes that an app was dropped: other apps may have its names from now on. */
  removeApp(name: string): void {
    this.#defined.delete(name);
  }

  /** Whether an app of this name is defined here. */
  isAppInUse(name: string): boolean {
    return this.#defined.has(name);
  }

  /** Follows something that runs, so that `close` can abort it and wait for it. */
  track(running: Promise<unknown>, abort: (reason: unknown) => void): void {
    this.#running.set(running, abort);
    const forget = (): void => void this.#running.delete(running);
    running.then(forget, forget);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const abort of this.#running.values()) abort(closedError(this.name));
    await Promise.allSettled(this.#running.keys());
    const store = await this.#store?.catch(() => undefined);
    await store?.close();
  }
}

function closedError(name: string): TidemarkError {
  return new TidemarkError("ENVIRONMENT_CLOSED", `Cannot run an update: environment "${name}" is closed`);
}
