import { statSync } from "node:fs";
import { resolve } from "node:path";
import { formatOneKeyOf, formatOneMemoKey, memoKey, type Memoizable } from "../../engine/memo/memoizable.ts";
import {
  bindProvider,
  declareTargetState,
  defineContainer,
  mountTarget,
  ownerOf,
  type TargetProvider,
} from "../../engine/target.ts";
import { bindTarget, boundOwner, type TargetOwner } from "../../engine/targets/bind-targets.ts";
import { pendingTarget } from "../../engine/targets/pending-target.ts";
import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import { refuseSurplus } from "../../options/refuse-surplus.ts";
import { directoryHandler } from "./directory-handler.ts";
import { DURABILITY, type Durability } from "./durability.ts";
import { FileKeys } from "./file-keys.ts";
import { checkTargetPath } from "./target-path.ts";
import { requireNoStore } from "./walk/require-no-store.ts";

/** A folder to put files into; made by {@link mountDirTarget}. */
export interface DirTarget extends Memoizable {
  /**
   * Declares that a file exists in the folder, for as long as the component goes on to declare it. The content is copied; a
   * string becomes UTF-8. Folders on the way are made, and removed once nothing is left in them.
   *
   * The file is replaced in one step, so that a reader sees all of the old or all of the new content; a power cut may still lose the
   * newest, unless the target has `durability: "flush"`; see {@link DirTargetOptions.durability}. Whatever file or link was at that path
   * is replaced as well. A file that is in the way of a folder, or a folder with other files in the way of a file, fails the component with
   * FILE_WRITE_FAILED. So does a path in the folder of a store that is open in this process.
   *
   * @throws TypeError when `path` is not made of names with "/" between them, or `content` is neither string nor Uint8Array;
   *   TidemarkError OUTSIDE_TARGET when the path leads out of the folder. So does a link found there: it fails the component.
   */
  declareFile(path: string, content: string | Uint8Array): void;
}

/** Options of {@link mountDirTarget}. */
export interface DirTargetOptions {
  /**
   * How the files survive a power cut. `"verify"`: the first update of the app after the machine was restarted looks at each file that was
   * written before it, and writes missing and altered files again. `"flush"`: each file, and its folder, is on disk before it is recorded as
   * written, which takes about 0.3 ms more for each file. @default "verify"
   */
  readonly durability?: Durability;
}

const CHECKS: OptionChecks<DirTargetOptions> = { durability: DURABILITY };

const directories = defineContainer("tidemark/localfs/directory", directoryHandler);

/**
 * Makes sure that a folder exists, and opens it for files. Files of others in it are left alone.
 * Once it is not mounted any more, it is removed if Tidemark made it and nothing is left in it.
 *
 * @throws TypeError when `dir` is not a path, for an option that does not exist, or a wrong value; TidemarkError FILE_WRITE_FAILED when the
 *   folder cannot be made, or is in the folder of a store that is open in this process.
 */
export function mountDirTarget(dir: string, options?: DirTargetOptions): Promise<DirTarget>;
export function mountDirTarget(
  dir: string,
  options: DirTargetOptions = {},
  ...surplus: readonly unknown[]
): Promise<DirTarget> {
  return pendingTarget(mountFolder(dir, options, surplus), "declareFile", "mountDirTarget");
}

async function mountFolder(dir: string, options: DirTargetOptions, surplus: readonly unknown[]): Promise<DirTarget> {
  refuseSurplus("mount a folder", surplus);
  if (typeof dir !== "string" || dir === "") {
    throw new TypeError(`Cannot mount a folder: \`dir\` must be a path, got ${dir === "" ? '""' : typeof dir}`);
  }
  const { durability = "verify" } = checkOptions("mount a folder", options, CHECKS);
  const folder = resolve(dir);
  requireNoStore(folder, { act: `mount folder ${dir}`, code: "FILE_WRITE_FAILED" });
  const existed = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return createDirTarget(await mountTarget(directories.at(folder, { existed, durability })), new FileKeys(folder));
}

function createDirTarget(provider: TargetProvider<string, Uint8Array>, keys: FileKeys): DirTarget {
  return Object.freeze({
    declareFile(path: string, content: string | Uint8Array, ...surplus: readonly unknown[]): void {
      refuseSurplus("declare a file", surplus);
      checkTargetPath(path);
      declareTargetState(provider, keys.of(path), copyOf(content));
    },
    [memoKey]: () => provider[memoKey](),
    [formatOneMemoKey]: () => formatOneKeyOf(provider),
    [boundOwner]: ownerOf(provider),
    [bindTarget]: (owner: TargetOwner) => createDirTarget(bindProvider(provider, owner), keys),
  });
}

function copyOf(content: string | Uint8Array): Uint8Array {
  if (typeof content === "string") return utf8.encode(content);
  if (content instanceof Uint8Array) return new Uint8Array(content);
  throw new TypeError(
    `Cannot declare a file: \`content\` must be a string or a Uint8Array, got ${content === null ? "null" : typeof content}`,
  );
}

const utf8 = new TextEncoder();
