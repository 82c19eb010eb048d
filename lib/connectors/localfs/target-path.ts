import { sep } from "node:path";
import { TidemarkError } from "../../errors.ts";

const WINDOWS_SEPARATOR = "\\";

/**
 * Checks the path of a file to be declared, on a system with this separator. A colon is part of a name, except on Windows, where it
 * names a drive, or a stream of another file.
 *
 * @throws TidemarkError `OUTSIDE_TARGET` for a path that leads out of the target's folder; TypeError for any other that is not
 *   made of names with "/" between them.
 */
export function checkTargetPath(path: unknown, separator: string = sep): asserts path is string {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot declare a file: \`path\` must be a string, got ${path === null ? "null" : typeof path}`,
    );
  }
  const isWindows = separator === WINDOWS_SEPARATOR;
  const shown = JSON.stringify(path);
  const names = path.split("/");
  const isElsewhere = path.startsWith("/") || (isWindows && /^(?:[A-Za-z]:|\\)/.test(path));
  if (isElsewhere || names.includes("..")) {
    throw new TidemarkError(
      "OUTSIDE_TARGET",
      `Cannot declare file ${shown}: \`path\` must stay inside the target's folder`,
      { facts: { path } },
    );
  }
  const refuse = (wanted: string): never => {
    throw new TypeError(`Cannot declare a file: \`path\` must be ${wanted}, got ${shown}`);
  };
  if (names.includes("") || names.includes(".")) refuse('names separated by single "/"');
  if (path.includes("\0") || !path.isWellFormed()) refuse("valid Unicode without NUL");
  if (isWindows && path.includes(separator)) refuse('separated by "/"');
  if (isWindows && path.includes(":")) refuse('made of names without ":", which no file of Windows has');
}
