import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { canonicalPath } from "../places/canonical-path.ts";

/** The name of a store's folder that stands in the project it belongs to. */
const STORE_NAME = ".tidemark";

/** Options of {@link projectRoot}. */
export interface ProjectRootOptions {
  /** The folder that the user has set, relative to `workingDirectory`. */
  readonly root: string | undefined;
  readonly dbPath: string;
  readonly workingDirectory: string;
}

/**
 * Finds the folder of the project that a store belongs to: `root` where it is given, else the folder that holds `.tidemark`, else the
 * nearest folder above `workingDirectory` with a package.json, else `workingDirectory`. The path is absolute and without links.
 *
 * @throws RangeError when `root` is given and is no folder
 */
export function projectRoot({ dbPath, root, workingDirectory }: ProjectRootOptions): string {
  if (root !== undefined) return existingFolder(root, workingDirectory);
  const store = resolve(workingDirectory, dbPath);
  if (basename(store) === STORE_NAME) return canonicalPath(dirname(store));
  return canonicalPath(nearestPackage(workingDirectory) ?? workingDirectory);
}

function existingFolder(root: string, workingDirectory: string): string {
  const path = resolve(workingDirectory, root);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return canonicalPath(path);
  const reason = existsSync(path) ? "is not a folder" : "does not exist";
  throw new RangeError(
    `Cannot make an environment: \`root\` must be the path of an existing folder, got ${JSON.stringify(root)}; ${path} ${reason}`,
  );
}

function nearestPackage(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (at === dirname(at)) return undefined;
  }
}
