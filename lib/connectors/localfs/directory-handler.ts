import { mkdirSync, rmdirSync } from "node:fs";
import type {
  ContainerHandler,
  ContainerState,
  TargetChange,
  TargetDecision,
} from "../../engine/targets/target-handler.ts";
import { resolvePlace } from "../../places/place.ts";
import { fileHandler } from "./file-handler.ts";
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
  | { readonly act: "make"; readonly path: string; readonly isOnRecord: boolean }
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
  child: ({ key, root, isLeftOver }) => fileHandler(resolvePlace(root, key), isLeftOver),
};

function reconcileDirectory(
  change: TargetChange<string, DirectoryValue, DirectoryTracking>,
): TargetDecision<DirectoryTracking, DirectoryAction> | undefined {
  const { desired, previous } = change;
  const path = resolvePlace(change.root, change.key);
  const wasOurs = previous.some((tracking) => tracking.isOurs);
  if (desired !== undefined) {
    const isOurs = wasOurs || !desired.existed;
    return { action: { act: "make", path, isOnRecord: previous.length > 0 }, tracking: { isOurs } };
  }
  return previous.length === 0 ? undefined : { action: { act: "remove", path, isOurs: wasOurs }, tracking: undefined };
}

function applyDirectory(action: DirectoryAction): ContainerState {
  if (action.act === "remove") {
    if (action.isOurs) removeIfEmpty(action.path);
    return "kept";
  }
  try {
    const isNew = mkdirSync(action.path, { recursive: true }) !== undefined;
    return isNew && action.isOnRecord ? "recreated" : "kept";
  } catch (error) {
    throw fileSystemError("FILE_WRITE_FAILED", "make folder", action.path, error);
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
