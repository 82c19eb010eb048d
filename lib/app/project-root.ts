import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The name of a store's folder that stands in the project it belongs to. */
const STORE_NAME = ".tidemark";

/**
 * Finds the folder of the project that a store belongs to: `root` where it is given, else the folder that holds `.tidemark`, else the
 * nearest folder above `workingDirectory` with a package.json, else `workingDirectory`. The path is absolute and without links.
 */
export function projectRoot(options: {
  readonly root: string | undefined;
  readonly dbPath: string;
  readonly workingDirectory: string;
}): string {
  const { dbPath, root, workingDirectory } = options;
  if (root !== undefined) return canonical(resolve(workingDirectory, root));
  const store = resolve(workingDirectory, dbPath);
  if (basename(store) === STORE_NAME) return canonical(dirname(store));
  return canonical(nearestPackage(workingDirectory) ?? workingDirectory);
}

function nearestPackage(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Resolves the links of the deepest folder above `path` that exists. */
function canonical(path: string): string {
  for (let at = path, rest = ""; ; rest = join(basename(at), rest), at = dirname(at)) {
    if (existsSync(at)) return join(realpathSync(at), rest).replace(/(?<=.)[/\\]$/, "");
    if (at === dirname(at)) return path;
  }
}
