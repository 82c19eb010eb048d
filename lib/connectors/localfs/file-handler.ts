import type { OwnedStates, TargetChange, TargetDecision, TargetHandler } from "../../engine/targets/target-handler.ts";
import { contentHash } from "./content-hash.ts";
import { inspectFiles } from "./inspect-files.ts";
import { TargetFolder } from "./target-folder.ts";
import { Turn } from "./walk/turn.ts";

/** What is to be done with one file: written, or removed. */
export type FileAction =
  | { readonly key: string; readonly content: Uint8Array }
  | { readonly key: string; readonly content: undefined; readonly hashes: readonly string[] | undefined };

/**
 * The handler of the files in the folder `root`, by relative path; what is remembered of a file is its content's hash.
 * A file or folder in the way is only removed as far as `isLeftOver` says that it is ours, and not wanted any more. A file that has an
 * owner among `owned` under another name is not removed.
 */
export function fileHandler(
  root: string,
  isLeftOver: (key: string) => boolean = () => false,
  owned?: OwnedStates,
): TargetHandler<string, Uint8Array, string, FileAction> {
  return {
    reconcile: reconcileFile,
    apply: (actions) => applyFiles(new TargetFolder(root, isLeftOver, owned), actions),
    inspect: (states, options) => inspectFiles(root, states, options),
  };
}

function reconcileFile(
  change: TargetChange<string, Uint8Array, string>,
): TargetDecision<string, FileAction> | undefined {
  const { key, desired: content, previous, mayBeMissing } = change;
  if (content === undefined) {
    if (previous.length === 0) return undefined;
    const isSure = previous.length === 1 && !mayBeMissing;
    return { action: { key, content, hashes: isSure ? undefined : previous }, tracking: undefined };
  }
  const hash = contentHash(content);
  const isThere = previous.length > 0 && !mayBeMissing && previous.every((known) => known === hash);
  return isThere ? undefined : { action: { key, content }, tracking: hash };
}

/**
 * Only the last action on a file counts. Removals come first, to make room: what was `a` may have become `a/b`.
 * Synchronous calls take less than two thirds of the time of concurrent asynchronous ones here.
 */
async function applyFiles(folder: TargetFolder, actions: readonly FileAction[]): Promise<void> {
  const last = [...new Map(actions.map((action) => [action.key, action])).values()];
  const turn = new Turn();
  for (const action of last) {
    if (action.content !== undefined) continue;
    if (turn.isOver) await turn.pass();
    folder.remove(action.key, action.hashes);
  }
  for (const path of folder.thinned) {
    if (turn.isOver) await turn.pass();
    folder.removeEmpty(path);
  }
  for (const { key, content } of last) {
    if (content === undefined) continue;
    if (turn.isOver) await turn.pass();
    await folder.write(key, content);
  }
}
