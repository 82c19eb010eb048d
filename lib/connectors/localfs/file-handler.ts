import type { TargetChange, TargetDecision, TargetHandler } from "../../engine/targets/target-handler.ts";
import { MAX_FLUSHES } from "../../places/flush-folder.ts";
import type { Durability } from "./durability.ts";
import { hashIn, trackingOf } from "./file-tracking.ts";
import { inspectFiles } from "./inspect-files.ts";
import { TargetFolder, type Removal, type TargetFolderOptions } from "./target-folder.ts";
import { descriptorRetry } from "./walk/descriptor-retry.ts";
import { Turn } from "./walk/turn.ts";

/** What is to be done with one file: written, or removed. */
export type FileAction =
  | { readonly key: string; readonly content: Uint8Array }
  | ({ readonly key: string; readonly content: undefined } & Removal);

/** Options of {@link fileHandler}. */
export interface FileHandlerOptions extends Pick<TargetFolderOptions, "owned" | "whenReleased"> {
  /** @default "verify" */
  readonly durability?: Durability | undefined;
}

/**
 * The handler of the files in the folder `root`, by relative path; what is remembered of a file is the hash and the size of its content.
 * A file or folder in the way is only removed as far as `isLeftOver` says that it is ours, and not wanted any more. A file that has an
 * owner among `owned` under another name is not removed.
 */
export function fileHandler(
  root: string,
  isLeftOver: (key: string) => boolean = () => false,
  { durability, owned, whenReleased }: FileHandlerOptions = {},
): TargetHandler<string, Uint8Array, string, FileAction> {
  const isFlushed = durability === "flush";
  const open = (): TargetFolder => new TargetFolder(root, isLeftOver, { isFlushed, owned, whenReleased });
  return {
    isDurable: isFlushed,
    reconcile: reconcileFile,
    apply: (actions, { signal }) => applyFiles(open(), actions, { isFlushed, signal }),
    inspect: (states, options) => inspectFiles(root, states, options),
  };
}

function reconcileFile(
  change: TargetChange<string, Uint8Array, string>,
): TargetDecision<string, FileAction> | undefined {
  const { key, desired: content, previous, mayBeMissing, mayBeTorn = false } = change;
  if (content === undefined) {
    if (previous.length === 0) return undefined;
    const isSure = previous.length === 1 && !mayBeMissing;
    const hashes = isSure ? undefined : previous.map(hashIn);
    return { action: { key, content, hashes, mayBeTorn }, tracking: undefined };
  }
  const tracking = trackingOf(content);
  // Two records of one hash, one of them without a size, are of a file that was being written again.
  const isThere = previous.length === 1 && !mayBeMissing && hashIn(previous[0]!) === hashIn(tracking);
  return isThere ? undefined : { action: { key, content }, tracking };
}

/**
 * Only the last action on a file counts. Removals come first, to make room: what was `a` may have become `a/b`.
 * Synchronous calls take less than two thirds of the time of concurrent asynchronous ones here.
 */
async function applyFiles(
  folder: TargetFolder,
  actions: readonly FileAction[],
  { isFlushed, signal }: { readonly isFlushed: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const last = [...new Map(actions.map((action) => [action.key, action])).values()];
  const turn = new Turn();
  for (const action of last) {
    if (action.content !== undefined) continue;
    if (turn.isOver) await passTurn(turn, signal);
    await descriptorRetry.run(() => folder.remove(action.key, action));
  }
  for (const path of folder.thinned) {
    if (turn.isOver) await passTurn(turn, signal);
    folder.removeEmpty(path);
  }
  await folder.flushRemovals();
  const files = last.values();
  const writeFiles = async (): Promise<void> => {
    for (const { content, key } of files) {
      if (content === undefined) continue;
      if (turn.isOver) await passTurn(turn, signal);
      await descriptorRetry.run(() => folder.write(key, content, signal));
    }
  };
  // Only flushes gain from going on at the same time.
  await allEnded(Array.from({ length: isFlushed ? MAX_FLUSHES : 1 }, writeFiles));
  await folder.flushWrites();
}

/** Waits for all, also when one fails: a batch that is tried again must not meet itself. */
async function allEnded(all: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(all)) if (outcome.status === "rejected") throw outcome.reason;
}

async function passTurn(turn: Turn, signal: AbortSignal): Promise<void> {
  await turn.pass();
  signal.throwIfAborted();
}
