import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

/** A pattern of `paths` in a tsconfig.json, which the compiler follows and Node does not. */
export interface PathAlias {
  readonly config: string;
  /** Such as `@app/*`. */
  readonly pattern: string;
  /** The entry of `imports` in package.json that has the same effect, in Node as well as in the compiler. */
  readonly imports: { readonly pattern: string; readonly target: string };
}

interface Config {
  readonly path: string;
  readonly options: { readonly baseUrl?: unknown; readonly paths?: unknown };
}

const CONFIG_NAME = /^[jt]sconfig(?:\..+)?\.json$/;

/** The alias that an import of `specifier` in the file `importer` means, if a tsconfig.json above the file has one. */
export function findPathAlias(specifier: string, importer: string): PathAlias | undefined {
  for (const { options, path } of listConfigs(dirname(importer))) {
    const { paths } = options;
    if (typeof paths !== "object" || paths === null) continue;
    for (const [pattern, targets] of Object.entries(paths)) {
      if (!matches(pattern, specifier)) continue;
      const [target] = Array.isArray(targets) ? (targets as unknown[]) : [];
      return { config: path, pattern, imports: createImports(pattern, target, { options, path }) };
    }
  }
  return undefined;
}

/** The file or folder that `specifier` names below the `baseUrl` of a tsconfig.json, or beside a package.json, if there is one. */
export function findBelowRoot(specifier: string, importer: string): string | undefined {
  const roots = listConfigs(dirname(importer)).flatMap(({ options, path }) =>
    typeof options.baseUrl === "string" ? [resolve(dirname(path), options.baseUrl)] : [],
  );
  const packageRoot = listFoldersUp(dirname(importer)).find((folder) => existsSync(join(folder, "package.json")));
  for (const root of [...roots, ...(packageRoot === undefined ? [] : [packageRoot])]) {
    for (const extension of ["", ".ts", ".js"]) {
      const path = join(root, specifier + extension);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

function matches(pattern: string, specifier: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return specifier === pattern;
  return specifier.length >= start.length + end.length && specifier.startsWith(start) && specifier.endsWith(end);
}

/** `@app/*` becomes `#app/*`, because names of `imports` begin with `#`. */
function createImports(pattern: string, target: unknown, { options, path }: Config): PathAlias["imports"] {
  const base = resolve(dirname(path), typeof options.baseUrl === "string" ? options.baseUrl : ".");
  const root = listFoldersUp(dirname(path)).find((folder) => existsSync(join(folder, "package.json"))) ?? dirname(path);
  const file = typeof target === "string" ? resolve(base, target) : join(root, "src/*");
  const below = relative(root, file).split(sep).join("/");
  const name = pattern.replace(/^[^A-Za-z0-9*]+/, "");
  // A name of nothing but "*" would take in every "#" import.
  const folder = basename(below.replace(/\/?\*.*$/, "")) || "src";
  return { pattern: name.startsWith("*") ? `#${folder}/${name}` : `#${name}`, target: `./${below}` };
}

/** The configurations in the folder and above it, nearest first, each followed by its base configurations. */
function listConfigs(folder: string): readonly Config[] {
  return listFoldersUp(folder).flatMap((each) =>
    readNames(each)
      .filter((name) => CONFIG_NAME.test(name))
      .toSorted((one, other) => one.length - other.length)
      .flatMap((name) => readConfig(join(each, name))),
  );
}

const MAX_EXTENDS = 8;

function readConfig(path: string, depth = 0): readonly Config[] {
  const content = parseCommented(path);
  if (typeof content !== "object" || content === null || depth > MAX_EXTENDS) return [];
  const { compilerOptions, extends: parents } = content as { compilerOptions?: Config["options"]; extends?: unknown };
  const files = [parents].flat().flatMap((parent) => {
    if (typeof parent !== "string" || !/^[./]/.test(parent)) return [];
    const file = resolve(dirname(path), parent);
    return [file.endsWith(".json") ? file : `${file}.json`];
  });
  return [{ path, options: compilerOptions ?? {} }, ...files.flatMap((file) => readConfig(file, depth + 1))];
}

/** Strings are matched first: a pattern such as "@app/*" has the beginning of a comment in it. */
const COMMENT = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const TRAILING_COMMA = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g;

function parseCommented(path: string): unknown {
  try {
    const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    return JSON.parse(text.replace(COMMENT, "$1").replace(TRAILING_COMMA, "$1"));
  } catch {
    // It is only asked for advice.
    return undefined;
  }
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function listFoldersUp(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...listFoldersUp(above)];
}
