import { mkdirSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import type {
  ContainerChange,
  ContainerHandler,
  ContainerState,
  TargetDecision,
} from "../../engine/targets/target-handler.ts";
import { resolvePlace } from "../../places/place.ts";
import type { InspectionResult } from "../../engine/targets/target-inspection.ts";
import { fileHandler } from "./file-handler.ts";
import { overlappingFolders } from "./overlapping-folders.ts";
import { fileSystemError, isMissing, systemCode } from "./walk/file-system-error.ts";

/** A folder as it is declared. */
export interface DirectoryValue {
  /** Whether it was there when it was mounted. */
  readonly existed: boolean;
}

/** What is remembered of a folder. */
export interface DirectoryTracking {
  /** Whether it was missing when it was mounted first, so that it is ours to remove. */
  readonly isOurs: boolean;
}

/** What is to be done with the folder at `path`: made if missing, or removed if empty. */
export type DirectoryAction =
  | {
      readonly act: "make";
      readonly path: string;
      readonly isOnRecord: boolean;
      /** Whether the file that has a path below a folder is our own, and not wanted any more. */
      readonly isLeftOver: (folder: string, key: string) => boolean;
    }
  | { readonly act: "remove"; readonly path: string; readonly isOurs: boolean };

/** The handler of folders, by place. */
export const directoryHandler: ContainerHandler<
  string,
  DirectoryValue,
  DirectoryTracking,
  DirectoryAction,
  string,
  Uint8Array
> = {
  keyedBy: "place",
  reconcile: reconcileDirectory,
  apply: (actions) => actions.map(applyDirectory),
  inspect: (states) => states.map(({ key, root }) => inspectDirectory(resolvePlace(root, key))),
  child: ({ key, root, isLeftOver, owned }) => fileHandler(resolvePlace(root, key), isLeftOver, owned),
  aliases: overlappingFolders,
};

function reconcileDirectory(
  change: ContainerChange<string, DirectoryValue, DirectoryTracking>,
): TargetDecision<DirectoryTracking, DirectoryAction> | undefined {
  const { desired, isLeftOver = () => false, previous, shared = [] } = change;
  const path = resolvePlace(change.root, change.key);
  const wasOurs = previous.some((tracking) => tracking.isOurs);
  if (desired !== undefined) {
    // The last of the apps that share a folder removes it, whichever has made it.
    const isOurs = wasOurs || !desired.existed || shared.some((tracking) => tracking.isOurs);
    const isOnRecord = previous.length + shared.length > 0;
    return { action: { act: "make", path, isOnRecord, isLeftOver }, tracking: { isOurs } };
  }
  return previous.length === 0 ? undefined : { action: { act: "remove", path, isOurs: wasOurs }, tracking: undefined };
}

function applyDirectory(action: DirectoryAction): ContainerState {
  if (action.act === "remove") {
    if (action.isOurs) removeIfEmpty(action.path);
    return "kept";
  }
  try {
    makeRoom(action.path, action.isLeftOver);
    const isNew = mkdirSync(action.path, { recursive: true }) !== undefined;
    return isNew && action.isOnRecord ? "recreated" : "kept";
  } catch (error) {
    throw fileSystemError("FILE_WRITE_FAILED", "make folder", action.path, error);
  }
}

/** A folder has nothing that could be edited: its files are states of their own. */
function inspectDirectory(path: string): InspectionResult {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return "missing";
    return stats.isDirectory() ? "unchanged" : "edited";
  } catch {
    return "unknown";
  }
}

/** Removes a file of ours where a folder is to be, or a folder above it. */
function makeRoom(path: string, isLeftOver: (folder: string, key: string) => boolean): void {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const stats = statSync(at, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return;
    if (stats !== undefined && isLeftOver(dirname(at), basename(at))) return unlinkSync(at);
  }
}

/** A folder that is gone, holds something, or is a link or a mount point by now, is left as it is. */
function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (isMissing(error) || ["ENOTEMPTY", "EEXIST", "EBUSY"].includes(systemCode(error) ?? "")) return;
    throw fileSystemError("FILE_WRITE_FAILED", "remove folder", path, error);
  }
}
