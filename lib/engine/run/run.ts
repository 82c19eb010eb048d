import type { Report } from "../../progress/report.ts";
import { Roster, type RosterEntry } from "../../progress/roster.ts";
import type { StateChange } from "../../state/store.ts";
import { AbortGrace } from "../../time/abort-grace.ts";
import type { Clock } from "../../time/clock.ts";
import type { ExceptionHandler } from "./exceptions.ts";
import { IdSequence } from "../records/id-sequence.ts";
import { ownedIn } from "../targets/owned-states.ts";
import { LeftOvers } from "./left-overs.ts";
import { LiveRegistry } from "./live-registry.ts";
import { holds, translate } from "../memo/logic.ts";
import { MountedComponents } from "./mounted-components.ts";
import type { DeleteLimit } from "./delete-limit.ts";
import type { Project } from "./project.ts";
import type { Mounting } from "./mounting.ts";
import { Backpressure } from "./backpressure.ts";
import { Providers } from "../targets/providers.ts";
import type { AppRows } from "../records/app-rows.ts";
import { storedApps } from "../records/stored-apps.ts";
import { Slots } from "./slots.ts";
import { UnflushedWrites } from "./unflushed-writes.ts";

/** The event loop gets a turn at least this often while components are mounted that need none of their own, in ms. */
const MAX_BUSY_MS = 8;

/** What is under way in a run and can be ended. */
export interface Interruptible {
  /** Ends the wait for whatever is not a write. */
  interrupt: ((reason: unknown) => void) | undefined;
  /** Kept by the run from {@link Run.enter} to {@link Run.leave}. */
  underWay: RosterEntry<Interruptible> | undefined;
}

/** A component of another run, in which a run was started. */
export interface Starter {
  readonly run: Run;
  readonly parent: Starter | undefined;
  readonly mounting: Mounting;
  /** Name and path, for messages. */
  describe(): string;
}

/** Opens the reports of stats groups, and follows those that are to be shown. */
export interface GroupReports {
  open(title: string): Report;
  /** Shows a report on standard output; the run waits until its last block is printed. */
  show(report: Report, intervalMs: number): void;
  /** Ends a report whose members are all ready. */
  complete(report: Report): void;
}

/** What a {@link Run} is made of. */
export interface RunOptions {
  readonly rows: AppRows;
  /** The run's own report. */
  readonly report: Report;
  readonly groups: GroupReports;
  readonly environmentName: string;
  readonly project: Project;
  /** The environment's handlers, asked after those of the components. */
  readonly handlers: readonly ExceptionHandler[];
  readonly maxInflightComponents: number;
  /** Checked before components are deleted that have vanished; `undefined` for no limit. */
  readonly maxDeletes?: DeleteLimit | undefined;
  readonly isFullReprocess: boolean;
  /** Whether live sources are followed after everything has caught up. */
  readonly isLive: boolean;
  readonly clock: Clock;
  /** The id of the machine's present boot; `undefined` where the machine gives none. */
  readonly bootId: string | undefined;
  /** The component in which it was started, if any. */
  readonly startedIn: Starter | undefined;
  readonly isAppInUse: (name: string) => boolean;
}

/** One update or drop of one app, while it lasts. */
export class Run implements Disposable {
  readonly rows: AppRows;
  readonly report: Report;
  readonly groups: GroupReports;
  readonly environmentName: string;
  readonly project: Project;
  readonly handlers: readonly ExceptionHandler[];
  readonly isFullReprocess: boolean;
  readonly maxInflightComponents: number;
  readonly maxDeletes: DeleteLimit | undefined;
  readonly clock: Clock;
  /** The grace of user code that the end of the run has to wait for: calls of `apply`, and exception handlers. */
  readonly grace: AbortGrace;
  readonly startedIn: Starter | undefined;
  /** Whether an app of a name is defined in this process, or running: its target states are not taken over. */
  readonly isAppInUse: (name: string) => boolean;
  /** What goes on beside the components: the live sources and live components. */
  readonly live: LiveRegistry;
  readonly ids: IdSequence;
  readonly slots: Slots;
  readonly backpressure: Backpressure;
  readonly providers: Providers;
  readonly mounted: MountedComponents;
  readonly unflushed: UnflushedWrites;
  #numGivenUp = 0;
  #numDoubtful = 0;
  /** Called when something could not be deleted. */
  onDeletionFailed: (() => void) | undefined;
  readonly #active = new Roster<Interruptible>();
  readonly #ends = new Map<Interruptible, PromiseWithResolvers<void>>();
  readonly #writes = new Set<Promise<void>>();
  readonly #heldDependencies = new Map<string, boolean>();
  #heldVersion = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #isCutShort = false;
  #aborted: { readonly reason: unknown } | undefined;
  #writeFailure: { readonly error: unknown } | undefined;
  #lastPauseAt: number;
  readonly #isLive: boolean;
  readonly #leftOvers: LeftOvers;

  constructor(options: RunOptions) {
    this.rows = options.rows;
    this.report = options.report;
    this.groups = options.groups;
    this.environmentName = options.environmentName;
    this.project = options.project;
    this.handlers = options.handlers;
    this.isFullReprocess = options.isFullReprocess;
    this.maxDeletes = options.maxDeletes;
    this.maxInflightComponents = options.maxInflightComponents;
    this.ids = new IdSequence(options.rows, (write) => this.track(write));
    this.slots = new Slots(options.maxInflightComponents);
    this.backpressure = new Backpressure(options.clock);
    this.grace = new AbortGrace(options.clock);
    this.providers = new Providers(options.rows, this.ids, {
      grace: this.grace,
      root: options.project.root,
      isLeftOver: (target, key) => this.#leftOvers.release(target, key),
      whenReleased: () => this.#leftOvers.whenReleased(),
      ownedIn: (target) => ownedIn(options.rows, target),
    });
    this.mounted = new MountedComponents((id) => options.rows.childIds(id));
    this.mounted.expectRetries(new Set([...options.rows.pendingDeletions()].flatMap(({ row }) => row.ancestors)));
    this.#leftOvers = new LeftOvers(this);
    storedApps(options.rows.store).include(options.rows.appId);
    this.clock = options.clock;
    this.unflushed = new UnflushedWrites(options.rows, options.bootId);
    this.startedIn = options.startedIn;
    this.isAppInUse = options.isAppInUse;
    this.#isLive = options.isLive;
    this.live = new LiveRegistry({ isLive: options.isLive });
    if (options.isLive) this.mounted.expectRemounts();
    options.rows.writer.onFailure = (error) => {
      this.#writeFailure ??= { error };
      this.abort(error);
    };
    this.#lastPauseAt = options.clock.now();
  }

  /** The number of target states that this run has given up, because nothing may be removed outside of the root. */
  get numGivenUp(): number {
    return this.#numGivenUp;
  }

  /** Notes that target states were given up. */
  noteGivenUp(count: number): void {
    this.#numGivenUp += count;
  }

  /** The number of target states that stay uncertain after this run, because an abandoned call of `apply` may yet change them. */
  get numDoubtful(): number {
    return this.#numDoubtful;
  }

  /** Notes that target states stay uncertain. */
  noteDoubtful(count: number): void {
    this.#numDoubtful += count;
  }

  get isAborted(): boolean {
    return this.#aborted !== undefined;
  }

  /** Whether `error` is what the run was aborted with. */
  isAbortReason(error: unknown): boolean {
    return this.#aborted !== undefined && this.#aborted.reason === error;
  }

  throwIfAborted(): void {
    if (this.#aborted !== undefined) throw this.#aborted.reason;
  }

  /** Ends the run: what is being written has a grace to finish, everything else is given up. */
  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    this.slots.abort(reason);
    this.live.abort(reason);
    for (const component of this.#active.members()) component.interrupt?.(reason);
    // Last: code of the user listens to its signal.
    this.grace.abort(reason);
  }

  /** Whether a stopped run gives up what is in progress, though it has not failed. */
  get isCutShort(): boolean {
    return this.#isCutShort;
  }

  /** Gives up what is in progress, as {@link abort} does, in a run that was stopped. */
  cutShort(): void {
    if (this.isAborted) return;
    this.#isCutShort = true;
    this.abort(new DOMException("The run was stopped", "AbortError"));
  }

  /** Releases the timer of an aborted run. */
  [Symbol.dispose](): void {
    this.grace[Symbol.dispose]();
  }

  /** A component has started. */
  enter(component: Interruptible): void {
    component.underWay = this.#active.add(component);
  }

  /** A component has ended. */
  leave(component: Interruptible): void {
    if (component.underWay !== undefined) this.#active.remove(component.underWay);
    component.underWay = undefined;
    this.#ends.get(component)?.resolve();
    this.#ends.delete(component);
    if (this.#active.size === 0) this.#idle?.resolve();
  }

  /** Whether a component has started and not ended. */
  isUnderWay(component: Interruptible): boolean {
    return component.underWay !== undefined;
  }

  /** Resolves when a component is not under way any more, all that it writes and deletes included. */
  async ended(component: Interruptible): Promise<void> {
    if (!this.isUnderWay(component)) return;
    const end = this.#ends.get(component) ?? Promise.withResolvers();
    this.#ends.set(component, end);
    await end.promise;
  }

  /** Follows a write that nobody waits for; {@link written} throws what it failed with. A live run, which might not end, ends then. */
  track(write: Promise<void>): void {
    const tracked = write
      .catch((error: unknown) => {
        if (this.isAbortReason(error)) return;
        this.#writeFailure ??= { error };
        if (this.#isLive) this.abort(error);
      })
      .finally(() => this.#writes.delete(tracked));
    this.#writes.add(tracked);
  }

  /** Writes changes that nobody waits for; see {@link track}. */
  write(changes: readonly StateChange[]): void {
    if (changes.length > 0) this.track(this.rows.write(changes));
  }

  /** Waits until no component is under way and everything is written. */
  async written(): Promise<void> {
    if (this.#active.size > 0) {
      this.#idle = Promise.withResolvers();
      await this.#idle.promise;
    }
    await Promise.all(this.#writes);
    if (this.#writeFailure !== undefined) throw this.#writeFailure.error;
  }

  /** Whether everything a memo depended on still holds. */
  readonly holds = (dependencies: string): boolean => {
    if (this.#heldVersion !== this.providers.version) {
      this.#heldVersion = this.providers.version;
      this.#heldDependencies.clear();
    }
    let answer = this.#heldDependencies.get(dependencies);
    if (answer === undefined) {
      answer = holds(dependencies, (token) => this.providers.generationOf(token));
      this.#heldDependencies.set(dependencies, answer);
    }
    return answer;
  };

  /** Returns dependencies that Tidemark 0.1 has stored as this version stores them. */
  readonly translate = (dependencies: string): string =>
    translate(dependencies, (token) => this.providers.presentToken(token));

  /** A promise to wait for when the event loop has not turned for long; else `undefined`. */
  pause(): Promise<void> | undefined {
    if (this.clock.now() - this.#lastPauseAt < MAX_BUSY_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#lastPauseAt = this.clock.now();
        resolve();
      });
    });
  }
}
