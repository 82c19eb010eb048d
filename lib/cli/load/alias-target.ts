import { statSync } from "node:fs";

/** Declarations are left out: they describe a package that has to be installed all the same. */
const SUFFIXES: readonly string[] = ["", ...list(""), ...list("/index"), ".json", "/package.json"];

function list(stem: string): string[] {
  return [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"].map((extension) => stem + extension);
}

/** The file that the compiler finds at `target`, a path that may lack its extension or name a folder; `undefined` for none. */
export function findTargetFile(target: string): string | undefined {
  // The compiler takes the extension of the output for that of the source.
  const source = target.replace(/\.([cm]?)js(x?)$/, ".$1ts$2");
  return [...SUFFIXES.map((suffix) => target + suffix), source].find((path) => !DECLARATION.test(path) && isFile(path));
}

const DECLARATION = /\.d\.[cm]?ts$/;

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
