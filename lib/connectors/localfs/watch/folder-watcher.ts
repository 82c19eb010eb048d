import type { TidemarkError } from "../../../errors.ts";
import { canonicalPath } from "../../../places/canonical-path.ts";
import { reservedFolders } from "../../../places/reserved-folders.ts";
import type { Clock } from "../../../time/clock.ts";
import { wayBelow } from "../../../places/way-below.ts";
import { Wakeup } from "../../../time/wakeup.ts";
import { Turn } from "../walk/turn.ts";
import { isFound, type FoundFile, type Tree } from "../walk/walk-tree.ts";
import { EventBurst } from "./event-burst.ts";
import { PendingChanges, type FolderChanges } from "./pending-changes.ts";
import { TreeScanner } from "./tree-scanner.ts";
import { systemEvents, TreeSubscription, type OpenFolderEvents } from "./tree-subscription.ts";

/** Options of {@link FolderWatcher}. */
export interface FolderWatcherOptions {
  readonly clock: Clock;
  /** After so long everything is looked at again, in case the system has not told something. */
  readonly rescanIntervalMs: number;
  /** After so long everything is looked at again while the system cannot watch. */
  readonly pollIntervalMs: number;
  /** Takes the news, once, that the system cannot watch the folder. */
  readonly onFallback: (error: TidemarkError) => void;
  /** Each of them ends the watcher. */
  readonly signals: readonly AbortSignal[];
  /** @default those of this system */
  readonly openEvents?: OpenFolderEvents;
}

/** What links lead to is looked at so often: no folder of the tree tells when it changes. */
const LINKS_INTERVAL_MS = 2000;

/** After looking without a cause there is a pause of so many times what that took. */
const PAUSE_FACTOR = 20;

/**
 * Follows the files of a tree: lists them, and tells afterwards what changes. Events of the system only say where to look; what is
 * found there counts. Once it has thrown it has lost track, and another one has to begin anew.
 */
export class FolderWatcher implements Disposable {
  readonly #options: FolderWatcherOptions;
  readonly #pending = new PendingChanges();
  readonly #burst: EventBurst;
  readonly #subscription: TreeSubscription;
  readonly #scanner: TreeScanner;
  readonly #reservations: Disposable;
  readonly #stop = (): void => this[Symbol.dispose]();
  /** Paths that have not been looked at since they were mentioned; `true` for a folder that has to be looked through. */
  #mentioned = new Map<string, boolean>();
  #mentionedAt: Date | undefined;
  /** Woken when a burst of events is over, and at the end. */
  readonly #due = new Wakeup();
  #isClosed = false;
  /** When to try again to watch; `Infinity` while events come. */
  #resumeAt = Infinity;
  #cancelRescan: (() => void) | undefined;
  #cancelLinks: (() => void) | undefined;

  constructor(tree: Tree, options: FolderWatcherOptions) {
    const { clock, pollIntervalMs, onFallback, openEvents = systemEvents, signals } = options;
    this.#options = options;
    this.#burst = new EventBurst(clock, () => this.#due.wake());
    const sink = { changed: (path: string, isDeep: boolean) => this.#mention(path, isDeep) };
    const { root, name } = tree;
    this.#subscription = new TreeSubscription({ root, name, pollIntervalMs, sink, onFallback, openEvents });
    this.#scanner = new TreeScanner(tree, clock, this.#subscription);
    this.#reservations = reservedFolders.listen((path) => this.#noteReserved(tree, path));
    for (const signal of signals) signal.addEventListener("abort", this.#stop);
    if (signals.some((signal) => signal.aborted)) this.#stop();
  }

  /** Whether a file is known, as of the last look. */
  get hasFiles(): boolean {
    return this.#scanner.hasFiles;
  }

  /**
   * Lists the files, in ascending order of their paths. What happens from its beginning on is told by {@link next}.
   *
   * @throws TidemarkError `FILE_READ_FAILED` as a walk does, and a signal's reason.
   */
  async *scan(): AsyncGenerator<FoundFile, void> {
    const startedAt = this.#options.clock.now();
    const turn = new Turn();
    for (const step of this.#scanner.walk("")) {
      if (step instanceof Promise) await step;
      if (turn.isOver) await turn.pass();
      // A list that simply ended here would say that there is nothing more.
      for (const signal of this.#options.signals) signal.throwIfAborted();
      if (isFound(step)) yield step;
    }
    this.#planRescan(startedAt);
    this.#planLinks(startedAt);
  }

  /**
   * Waits for changes after the {@link scan}; `undefined` when the watcher has ended.
   *
   * @throws TidemarkError `FILE_READ_FAILED` as a walk does, when the folder itself is gone for instance.
   */
  async next(): Promise<FolderChanges | undefined> {
    while (!this.#isClosed) {
      await this.#due.wait();
      if (this.#isClosed) break;
      const since = this.#mentionedAt ?? this.#options.clock.date();
      await this.#look();
      if (!this.#isClosed && !this.#pending.isEmpty) return this.#pending.take(since);
    }
    return undefined;
  }

  /** Ends it, and all of the system's watches. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const signal of this.#options.signals) signal.removeEventListener("abort", this.#stop);
    this.#cancelRescan?.();
    this.#cancelLinks?.();
    this.#burst[Symbol.dispose]();
    this.#reservations[Symbol.dispose]();
    this.#subscription[Symbol.dispose]();
    this.#scanner[Symbol.dispose]();
    this.#due.wake();
  }

  #mention(path: string, isDeep: boolean): void {
    this.#mentionedAt ??= this.#options.clock.date();
    this.#mentioned.set(path, isDeep || this.#mentioned.get(path) === true);
    this.#burst.note();
  }

  /** Looks at a folder of which a store takes possession, since it may have been part of the tree; links may lead to it from anywhere. */
  #noteReserved({ followSymlinks, root }: Tree, folder: string): void {
    const location = canonicalPath(`${root}/`);
    const way = followSymlinks || wayBelow(folder, location) !== undefined ? "" : wayBelow(location, folder);
    if (way !== undefined) this.#mention(way, true);
  }

  /** Looks at everything that was mentioned. */
  async #look(): Promise<void> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    const mentioned = this.#mentioned;
    this.#mentioned = new Map();
    this.#mentionedAt = undefined;
    const isWhole = mentioned.has("");
    if (isWhole && startedAt >= this.#resumeAt) this.#subscription.resume();
    const turn = new Turn();
    for (const step of isWhole ? this.#scanner.walk("", this.#pending) : this.#scanner.look(mentioned, this.#pending)) {
      if (step instanceof Promise) await step;
      if (turn.isOver) await turn.pass();
      if (this.#isClosed) return;
    }
    const hasGivenUp = !this.#subscription.isActive && this.#resumeAt === Infinity;
    if (isWhole || hasGivenUp) this.#planRescan(startedAt);
  }

  /** Plans to look through everything again, the last time having begun at `startedAt`. */
  #planRescan(startedAt: number): void {
    if (this.#isClosed) return;
    const { clock, pollIntervalMs, rescanIntervalMs } = this.#options;
    if (this.#subscription.isActive) this.#resumeAt = Infinity;
    else if (this.#resumeAt === Infinity || this.#resumeAt <= startedAt) this.#resumeAt = startedAt + rescanIntervalMs;
    const pauseMs = (clock.now() - startedAt) * PAUSE_FACTOR;
    const delayMs = this.#subscription.isActive ? rescanIntervalMs : Math.max(pollIntervalMs, pauseMs);
    this.#cancelRescan?.();
    this.#cancelRescan = clock.schedule(delayMs, () => this.#mention("", true));
  }

  #planLinks(startedAt: number): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const delayMs = Math.max(LINKS_INTERVAL_MS, (clock.now() - startedAt) * PAUSE_FACTOR);
    this.#cancelLinks = clock.schedule(delayMs, () => {
      const now = clock.now();
      for (const path of this.#scanner.changedLinks()) this.#mention(path, true);
      this.#planLinks(now);
    });
  }
}
