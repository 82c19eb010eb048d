import { sep } from "node:path";
import { TidemarkError } from "../../errors.ts";

/**
 * Checks the path of a file to be declared.
 *
 * @throws TidemarkError `OUTSIDE_TARGET` for a path that leads out of the target's folder; TypeError for any other that is not
 *   made of names with "/" between them.
 */
export function checkTargetPath(path: unknown): asserts path is string {
  if (typeof path !== "string") {
    throw new TypeError(
      `Cannot declare a file: \`path\` must be a string, got ${path === null ? "null" : typeof path}`,
    );
  }
  const shown = JSON.stringify(path);
  const names = path.split("/");
  if (
    path.startsWith("/") ||
    /^[A-Za-z]:/.test(path) ||
    names.includes("..") ||
    (sep === "\\" && path.startsWith(sep))
  ) {
    throw new TidemarkError(
      "OUTSIDE_TARGET",
      `Cannot declare file ${shown}: \`path\` must stay inside the target's folder`,
      {
        facts: { path },
      },
    );
  }
  const refuse = (wanted: string): never => {
    throw new TypeError(`Cannot declare a file: \`path\` must be ${wanted}, got ${shown}`);
  };
  if (names.includes("") || names.includes(".")) refuse('names separated by single "/"');
  if (path.includes("\0") || !path.isWellFormed()) refuse("valid Unicode without NUL");
  if (sep === "\\" && path.includes(sep)) refuse('separated by "/"');
}
