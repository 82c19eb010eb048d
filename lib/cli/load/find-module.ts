import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, relative, resolve, sep } from "node:path";
import { sortByLikeness } from "../../text/nearest.ts";
import { UsageError } from "../console/usage-error.ts";

const MODULE_EXTENSIONS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];
const MAX_SUGGESTIONS = 3;

/**
 * The absolute path of the module that `file` names.
 *
 * @throws UsageError when there is no such file, or it is not one that Node can run
 */
export function findModule(file: string): string {
  const path = resolve(file);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`Cannot find ${file}${suggestFiles(path)}`);
  if (stats.isDirectory()) {
    throw new UsageError(`Cannot load ${file}: APP must be a file, got a folder${suggestInside(path)}`);
  }
  checkIsModule(file);
  return path;
}

/** A path as the user would write it: relative where that is shorter to read. */
export function formatPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== "" && !fromHere.startsWith(`..${sep}`) ? fromHere : path;
}

function checkIsModule(file: string): void {
  const extension = extname(file);
  if (extension === ".tsx" || extension === ".jsx") {
    throw new UsageError(`Cannot load ${file}: Node does not run JSX; move the app to a .ts or .js file`);
  }
  if (!MODULE_EXTENSIONS.includes(extension)) {
    throw new UsageError(
      `Cannot load ${file}: APP must be a TypeScript or JavaScript file (${MODULE_EXTENSIONS.join(", ")})`,
    );
  }
}

function suggestFiles(path: string): string {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return `: there is no folder ${formatPath(folder)}`;
  const modules = readdirSync(folder).filter((name) => MODULE_EXTENSIONS.includes(extname(name)));
  const wanted = basename(path);
  const sameStem = modules.filter((name) => stem(name) === stem(wanted));
  const names = [...new Set([...sameStem, ...sortByLikeness(wanted, modules)])].slice(0, MAX_SUGGESTIONS);
  if (names.length === 0) return "";
  return `\nDid you mean ${names.map((name) => formatPath(resolve(folder, name))).join(" or ")}?`;
}

/** Names of files that usually hold the app come first. */
const USUAL_STEMS: readonly string[] = ["app", "main", "pipeline", "index"];

function suggestInside(folder: string): string {
  const modules = readdirSync(folder).filter(
    (name) => MODULE_EXTENSIONS.includes(extname(name)) && !name.endsWith(".d.ts"),
  );
  const usual = USUAL_STEMS.flatMap((wanted) => modules.filter((name) => stem(name) === wanted));
  const names = [...new Set([...usual, ...modules])].slice(0, MAX_SUGGESTIONS);
  if (names.length === 0) return "";
  return `\nDid you mean ${names.map((name) => formatPath(resolve(folder, name))).join(" or ")}?`;
}

function stem(name: string): string {
  return basename(name, extname(name));
}
