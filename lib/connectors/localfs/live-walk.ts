import type { LiveMapFeed, LiveMapSubscriber } from "../../engine/sources/live-map-feed.ts";
import { SteppedItems } from "../../engine/sources/stepped-items.ts";
import type { Clock } from "../../time/clock.ts";
import { requireFiles, type EmptyWalk } from "./empty-walk.ts";
import { createFile, type File } from "./file.ts";
import { FileSource, type FolderNames } from "./file-source.ts";
import { FolderWatcher } from "./watch/folder-watcher.ts";
import type { FolderChanges } from "./watch/pending-changes.ts";
import type { WalkListing } from "./walk-listing.ts";
import type { FoundFile, Tree } from "./walk/walk-tree.ts";

/** What a {@link LiveWalk} follows, and how. */
export interface LiveWalkOptions {
  readonly tree: Tree;
  readonly names: FolderNames;
  readonly empty: EmptyWalk;
  readonly clock: Clock;
  readonly rescanIntervalMs: number;
  readonly pollIntervalMs: number;
  /** Ends the walk for good. */
  readonly signal: AbortSignal | undefined;
}

/** Deletions share transactions when they come together. */
const DELETIONS_AT_A_TIME = 500;

/** The files below a folder, as the listing gives them, with the news of their changes. */
export class LiveWalk
  extends SteppedItems<string, File>
  implements LiveMapFeed<string, File>, AsyncIterable<[path: string, file: File]>
{
  readonly #options: LiveWalkOptions;
  readonly #list: WalkListing;

  constructor(options: LiveWalkOptions, list: WalkListing) {
    super();
    this.#options = options;
    this.#list = list;
  }

  [Symbol.asyncIterator](): AsyncIterator<[path: string, file: File]> {
    return this.#list[Symbol.asyncIterator]();
  }

  override get emptyReason(): string | undefined {
    return this.#list.emptyReason;
  }

  override steps(): Iterable<[path: string, file: File] | Promise<void> | undefined> {
    return this.#list.steps();
  }

  async watch(subscriber: LiveMapSubscriber<string, File>): Promise<void> {
    const { signal } = this.#options;
    try {
      await this.#follow(subscriber);
    } catch (error) {
      // It says that there is no more to come, which is no failure.
      if (signal?.aborted !== true || error !== signal.reason) throw error;
    }
  }

  async #follow(subscriber: LiveMapSubscriber<string, File>): Promise<void> {
    const { empty, names, tree, signal, ...rest } = this.#options;
    const source = new FileSource(names);
    const signals = [subscriber.signal, ...(signal === undefined ? [] : [signal])];
    const onFallback = (error: Error): void => void report(subscriber, error);
    using watcher = new FolderWatcher(tree, { ...rest, signals, onFallback });
    await subscriber.updateAll(listFiles(source, empty, watcher.scan()));
    await subscriber.markReady();
    for (let news = await watcher.next(); news !== undefined; news = await watcher.next()) {
      // Nothing of the burst that removes the last file is applied: the files may be about to come back.
      if (!watcher.hasFiles) requireFiles(empty);
      await tell(subscriber, source, news);
    }
  }
}

async function* listFiles(
  source: FileSource,
  empty: EmptyWalk,
  found: AsyncIterable<FoundFile>,
): AsyncGenerator<[string, File], void> {
  let isEmpty = true;
  for await (const { path, stats } of found) {
    isEmpty = false;
    yield [path, createFile(source, path, stats)];
  }
  if (isEmpty) requireFiles(empty);
}

async function tell(
  subscriber: LiveMapSubscriber<string, File>,
  source: FileSource,
  { changed, removed, since }: FolderChanges,
): Promise<void> {
  const change = { at: since };
  // A file may have taken the place of a folder: what was made from the one must be gone before the other is written.
  for (let start = 0; start < removed.length; start += DELETIONS_AT_A_TIME) {
    const paths = removed.slice(start, start + DELETIONS_AT_A_TIME);
    await Promise.all(paths.map(async (path) => (await subscriber.delete(path, change)).ready()));
  }
  for (const { path, stats } of changed) await subscriber.update(path, createFile(source, path, stats), change);
}

async function report(subscriber: LiveMapSubscriber<string, File>, error: Error): Promise<void> {
  try {
    await subscriber.reportException(error);
  } catch {
    // The run has ended, which the watcher learns by the signal.
  }
}
