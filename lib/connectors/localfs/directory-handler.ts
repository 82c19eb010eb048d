import { mkdirSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import type {
  ContainerChange,
  ContainerHandler,
  ContainerState,
  TargetDecision,
} from "../../engine/targets/target-handler.ts";
import { resolvePlace } from "../../places/place.ts";
import { reservedFolders } from "../../places/reserved-folders.ts";
import type { InspectionResult } from "../../engine/targets/target-inspection.ts";
import { ChangedFolders, flushRemoval } from "./changed-folders.ts";
import type { Durability } from "./durability.ts";
import { fileHandler } from "./file-handler.ts";
import { overlappingFolders } from "./overlapping-folders.ts";
import { fileSystemError, isMissing, systemCode } from "./walk/file-system-error.ts";
import { requireNoStore } from "./walk/require-no-store.ts";

/** A folder as it is declared. */
export interface DirectoryValue {
  /** Whether it was there when it was mounted. */
  readonly existed: boolean;
  /** How its files survive a power cut. */
  readonly durability: Durability;
}

/** What is remembered of a folder. */
export interface DirectoryTracking {
  /** Whether it was missing when it was mounted first, so that it is ours to remove. */
  readonly isOurs: boolean;
}

/** What is to be done with the folder at `path`: made if missing, or removed if empty. */
export type DirectoryAction = MakeAction | { readonly act: "remove"; readonly path: string; readonly isOurs: boolean };

interface MakeAction {
  readonly act: "make";
  readonly path: string;
  readonly isOnRecord: boolean;
  /** Whether the entries of new folders are flushed to disk. */
  readonly isFlushed: boolean;
  /** Whether the file that has a path below a folder is our own, and not wanted any more. */
  readonly isLeftOver: (folder: string, key: string) => boolean;
  readonly whenReleased: (() => Promise<void>) | undefined;
}

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
  async apply(actions) {
    const states: ContainerState[] = [];
    for (const action of actions) states.push(await applyDirectory(action));
    return states;
  },
  inspect: (states) => states.map(({ key, root }) => inspectDirectory(resolvePlace(root, key))),
  child: ({ desired, key, root, isLeftOver, owned, whenReleased }) =>
    fileHandler(resolvePlace(root, key), isLeftOver, { owned, whenReleased, durability: desired?.durability }),
  aliases: overlappingFolders,
};

function reconcileDirectory(
  change: ContainerChange<string, DirectoryValue, DirectoryTracking>,
): TargetDecision<DirectoryTracking, DirectoryAction> | undefined {
  const { desired, isLeftOver = () => false, previous, shared = [], whenReleased } = change;
  const path = resolvePlace(change.root, change.key);
  const wasOurs = previous.some((tracking) => tracking.isOurs);
  if (desired !== undefined) {
    // The last of the apps that share a folder removes it, whichever has made it.
    const isOurs = wasOurs || !desired.existed || shared.some((tracking) => tracking.isOurs);
    const isOnRecord = previous.length + shared.length > 0;
    const isFlushed = desired.durability === "flush";
    const action = { act: "make", path, isOnRecord, isFlushed, isLeftOver, whenReleased } as const;
    return { action, tracking: { isOurs } };
  }
  return previous.length === 0 ? undefined : { action: { act: "remove", path, isOurs: wasOurs }, tracking: undefined };
}

async function applyDirectory(action: DirectoryAction): Promise<ContainerState> {
  if (action.act === "remove") {
    if (action.isOurs) await removeIfEmpty(action.path);
    return "kept";
  }
  requireNoStore(action.path, { act: `make folder ${action.path}`, code: "FILE_WRITE_FAILED" });
  const first = await makeFolder(action);
  if (first !== undefined && action.isFlushed) {
    const changed = new ChangedFolders({ isRequired: true });
    changed.addMade(first, action.path);
    await changed.flush();
  }
  return first !== undefined && action.isOnRecord ? "recreated" : "kept";
}

/** Makes a folder, and returns the first one of it and those above that was missing. */
async function makeFolder({ isLeftOver, path, whenReleased }: MakeAction): Promise<string | undefined> {
  try {
    await makeRoom(path, isLeftOver, whenReleased);
    return mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileSystemError("FILE_WRITE_FAILED", "make folder", path, error);
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
async function makeRoom(
  path: string,
  isLeftOver: MakeAction["isLeftOver"],
  whenReleased: MakeAction["whenReleased"],
): Promise<void> {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const stats = statSync(at, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return;
    if (stats === undefined || !isLeftOver(dirname(at), basename(at))) continue;
    await whenReleased?.();
    return unlinkSync(at);
  }
}

/** Leaves a folder as it is when it is gone, holds something, has become a link or a mount point, or is the folder of an open store. */
async function removeIfEmpty(path: string): Promise<void> {
  if (reservedFolders.findAround(path) !== undefined) return;
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isMissing(error) && !["ENOTEMPTY", "EEXIST", "EBUSY"].includes(systemCode(error) ?? "")) {
      throw fileSystemError("FILE_WRITE_FAILED", "remove folder", path, error);
    }
  }
  await flushRemoval(path);
}
