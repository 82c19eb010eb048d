import type { TidemarkError } from "../../../errors.ts";
import { openFolderEvents, type FolderEvents, type FolderEventSink } from "./folder-events.ts";
import { isFolderFailure, watchFailure } from "./watch-failure.ts";

/** What opens the system's events of the tree below a folder, given by its absolute path. */
export type OpenFolderEvents = (root: string, sink: FolderEventSink) => FolderEvents;

/** Options of {@link TreeSubscription}. */
export interface TreeSubscriptionOptions {
  /** The folder's absolute path. */
  readonly root: string;
  /** The folder as the user calls it, for messages. */
  readonly name: string;
  readonly pollIntervalMs: number;
  readonly sink: FolderEventSink;
  /** Takes the news, the first time, that the system cannot watch. */
  readonly onFallback: (error: TidemarkError) => void;
  readonly openEvents: OpenFolderEvents;
}

/** The system's events of a tree, as long as the system can watch all of it: half a tree would be watched to no purpose. */
export class TreeSubscription implements Disposable {
  readonly #options: TreeSubscriptionOptions;
  #events: FolderEvents | undefined;
  #hasReported = false;

  constructor(options: TreeSubscriptionOptions) {
    this.#options = options;
    this.resume();
  }

  /** Whether events come; if not, somebody has to look. */
  get isActive(): boolean {
    return this.#events !== undefined;
  }

  /** Tries anew to watch, after that was given up; the tree has to be looked through then. */
  resume(): void {
    const { openEvents, root, sink } = this.#options;
    this.#events ??= openEvents(root, sink);
  }

  /** Has the system watch a folder, whatever it says; gives up on all of them when the system can watch no more. */
  watchFolder(prefix: string): Disposable | undefined {
    try {
      return this.#events?.watchFolder(prefix);
    } catch (error) {
      if (!isFolderFailure(error)) this.#giveUp(error);
      return undefined;
    }
  }

  /** Ends all watches. */
  [Symbol.dispose](): void {
    this.#events?.[Symbol.dispose]();
    this.#events = undefined;
  }

  #giveUp(error: unknown): void {
    this[Symbol.dispose]();
    if (this.#hasReported) return;
    this.#hasReported = true;
    const { name, onFallback, pollIntervalMs } = this.#options;
    onFallback(watchFailure(name, pollIntervalMs, error));
  }
}

/** The events of this system. */
export const systemEvents: OpenFolderEvents = (root, sink) => openFolderEvents(root, sink);
