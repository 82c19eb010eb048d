import { normalize, resolve, sep } from "node:path";
import { refuseSurplus } from "../../options/refuse-surplus.ts";
import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import { ANYTHING, BOOLEAN, FUNCTION, SIGNAL } from "../../options/option-check.ts";
import type { LiveMapFeed } from "../../engine/sources/live-map-feed.ts";
import type { TidemarkError } from "../../errors.ts";
import { systemClock } from "../../time/system-clock.ts";
import { createEmptyWalk } from "./empty-walk.ts";
import type { File } from "./file.ts";
import type { FolderNames } from "./file-source.ts";
import { LiveWalk } from "./live-walk.ts";
import { createPathFilter } from "./walk/path-filter.ts";
import { WalkListing } from "./walk-listing.ts";
import type { Tree } from "./walk/walk-tree.ts";

/** Options of {@link walkDir}. */
export interface WalkDirOptions {
  /**
   * Globs of which a file's path has to match at least one: relative to the folder and "/"-separated on every system,
   * such as "**\/*.md"; one that ends with "/" stands for everything in that folder.
   * @default "**"
   */
  readonly include?: string | readonly string[];
  /**
   * Globs of files to leave out, and of folders to leave out with all that is in them: "drafts", "**\/node_modules".
   * They match names with a leading dot as well.
   * @default []
   */
  readonly exclude?: string | readonly string[];
  /**
   * Whether wildcards of `include` match names with a leading dot; without it such a file or folder is part of the walk only
   * if a pattern writes the dot, as ".github/**" does.
   * @default false
   */
  readonly dot?: boolean;
  /**
   * Whether to enter folders through symbolic links; one that leads back to a folder above it is not entered.
   * Links to files are always read like the file they lead to, and links that lead nowhere are skipped.
   * @default false
   */
  readonly followSymlinks?: boolean;
  /**
   * Takes the error of a folder that cannot be listed or a file that cannot be looked at, and leaves it out by returning.
   * What was derived from a source that is left out is removed, which is why the default is to throw.
   * @default throws the error
   */
  readonly onError?: (error: TidemarkError) => void;
  /**
   * The reaction to a walk that finds no file at all. `"allow"`: everything made of former files is deleted. `"fail"`: the walk throws a
   * TidemarkError `SOURCE_EMPTY`, and nothing is deleted; a live walk keeps everything when its last file vanishes, and is retried.
   * @default "allow"
   */
  readonly ifEmpty?: "fail" | "allow";
  /** Ends every walk: the loop over it throws `signal.reason`; of a live one, no more changes are told. */
  readonly signal?: AbortSignal;
  /**
   * Whether a live run follows the changes of the files. A run that is not live lists them once.
   * @default false
   */
  readonly live?: boolean;
  /**
   * After so many milliseconds a live walk looks at everything again, in case the system has not told of something: that of a network
   * drive tells nothing that others do.
   * @default 3_600_000 (an hour)
   */
  readonly rescanIntervalMs?: number;
  /**
   * After so many milliseconds a live walk looks at everything again if the system cannot watch the folder, because the limit of watched
   * folders is reached for instance. It never takes more than a twentieth of the time.
   * @default 5_000
   */
  readonly pollIntervalMs?: number;
}

const CHECKS: OptionChecks<WalkDirOptions> = {
  // Checked by the path filter.
  include: ANYTHING,
  exclude: ANYTHING,
  dot: BOOLEAN,
  followSymlinks: BOOLEAN,
  onError: FUNCTION,
  // Checked with what the patterns include.
  ifEmpty: ANYTHING,
  signal: SIGNAL,
  live: BOOLEAN,
  // Checked by `checkInterval`.
  rescanIntervalMs: ANYTHING,
  pollIntervalMs: ANYTHING,
};

/** The files below a folder; made by {@link walkDir}. */
export interface DirWalk {
  /** Walks the folder anew: each file with its path, in ascending order of the paths' code units. */
  items(): AsyncIterable<[path: string, file: File]>;
}

/** The files below a folder, with their changes; made by {@link walkDir} with `live`. */
export interface LiveDirWalk {
  /** Walks the folder anew, as {@link DirWalk.items}, and follows it where `mountEach` takes it in a live run. */
  items(): AsyncIterable<[path: string, file: File]> & LiveMapFeed<string, File>;
}

/**
 * The files below a folder, as a source for `mountEach`. Nothing is read before {@link DirWalk.items} is iterated.
 *
 * Iterating throws a TidemarkError `FILE_READ_FAILED` when `dir` is missing or no folder, when a folder in it cannot be listed, and
 * for a name that is not valid UTF-8: a walk that leaves out silently would have everything derived from the rest removed.
 * What vanishes during the walk is skipped, unless the folder itself is replaced or unmounted. Sockets, devices and the like are no
 * files. With `ifEmpty: "fail"`, iterating also throws `SOURCE_EMPTY` when there is no file.
 *
 * @throws TypeError when `dir` is not a path, an option does not exist, or a glob could never match; RangeError when an interval is no time that can be waited.
 */
export function walkDir(dir: string, options: WalkDirOptions & { readonly live: true }): LiveDirWalk;
export function walkDir(dir: string, options?: WalkDirOptions): DirWalk;
export function walkDir(dir: string, options: WalkDirOptions = {}): DirWalk {
  if (typeof dir !== "string" || dir === "") {
    throw new TypeError(`Cannot walk a folder: \`dir\` must be a path, got ${dir === "" ? '""' : typeof dir}`);
  }
  checkOptions("walk a folder", options, CHECKS);
  const filter = createPathFilter(options);
  const { rescanIntervalMs = 3_600_000, pollIntervalMs = 5000, live = false, signal } = options;
  checkInterval("rescanIntervalMs", rescanIntervalMs);
  checkInterval("pollIntervalMs", pollIntervalMs);
  const names: FolderNames = { root: portable(resolve(dir)), dir: portable(normalize(dir)) };
  const tree: Tree = {
    root: names.root,
    name: names.dir,
    filter,
    followSymlinks: options.followSymlinks ?? false,
    onError: options.onError ?? rethrow,
  };
  const empty = createEmptyWalk(names.dir, options);
  const listing = new WalkListing({ tree, names, empty, signal });
  const items =
    <T>(create: () => T) =>
    (...surplus: readonly unknown[]): T => {
      refuseSurplus("list the files of a folder", surplus);
      return create();
    };
  if (!live) return { items: items(() => listing) };
  const liveOptions = { tree, names, empty, clock: systemClock, rescanIntervalMs, pollIntervalMs, signal };
  return { items: items(() => new LiveWalk(liveOptions, listing)) };
}

/** What a timer of Node can wait. */
const MAX_INTERVAL_MS = 2 ** 31 - 1;

function checkInterval(option: string, value: unknown): void {
  if (typeof value === "number" && value > 0 && value <= MAX_INTERVAL_MS) return;
  const got = typeof value === "number" ? String(value) : typeof value;
  const message = `Cannot walk a folder: \`${option}\` must be a number of milliseconds above 0 and up to ${MAX_INTERVAL_MS}, got ${got}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

function portable(path: string): string {
  return path.replaceAll(sep, "/").replace(/\/$/, "");
}

function rethrow(error: TidemarkError): never {
  throw error;
}
