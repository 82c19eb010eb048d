import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { findTargetFile } from "./alias-target.ts";

/** A pattern of `paths` in a tsconfig.json, which the compiler follows and Node does not. */
export interface PathAlias {
  readonly config: string;
  /** Such as `@app/*`. */
  readonly pattern: string;
  /** The entry of `imports` in package.json that has the same effect, in Node as well as in the compiler. */
  readonly imports: { readonly pattern: string; readonly target: string };
  /** The path that the alias leads to. */
  readonly target: string;
  /** The file at the target, with its extension; `undefined` where there is none. */
  readonly file: string | undefined;
}

interface Config {
  readonly path: string;
  readonly options: { readonly baseUrl?: unknown; readonly paths?: unknown };
}

const CONFIG_NAME = /^[jt]sconfig(?:\..+)?\.json$/;

/**
 * The alias that an import of `specifier` in the file `importer` means, if a tsconfig.json above the file has one. A pattern that takes
 * in the names of packages, such as `*`, counts only where its target is there: the compiler looks for a package otherwise.
 */
export function findPathAlias(specifier: string, importer: string): PathAlias | undefined {
  const aliases = listConfigs(dirname(importer)).flatMap((config) => listAliases(specifier, config));
  return (
    aliases.find(({ file }) => file !== undefined) ?? aliases.find(({ pattern }) => !TAKES_IN_PACKAGES.test(pattern))
  );
}

/** A pattern that says nothing of the name, or only that it has a scope. */
const TAKES_IN_PACKAGES = /^@?\*/;

function listAliases(specifier: string, config: Config): readonly PathAlias[] {
  const { paths } = config.options;
  if (typeof paths !== "object" || paths === null) return [];
  return Object.entries(paths)
    .filter(([pattern]) => matches(pattern, specifier))
    .flatMap(([pattern, targets]) => {
      const texts = (Array.isArray(targets) ? (targets as unknown[]) : []).filter((each) => typeof each === "string");
      return texts.map((target) => createAlias(specifier, pattern, target, config));
    });
}

function createAlias(specifier: string, pattern: string, pathPattern: string, config: Config): PathAlias {
  const base = resolve(dirname(config.path), typeof config.options.baseUrl === "string" ? config.options.baseUrl : ".");
  const [start = "", end] = pattern.split("*");
  const rest = end === undefined ? "" : specifier.slice(start.length, specifier.length - end.length);
  const target = resolve(
    base,
    pathPattern.replace("*", () => rest),
  );
  const imports = createImports(pattern, resolve(base, pathPattern), config.path);
  return { config: config.path, pattern, imports, target, file: findTargetFile(target) };
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
function createImports(pattern: string, file: string, config: string): PathAlias["imports"] {
  const root =
    listFoldersUp(dirname(config)).find((folder) => existsSync(join(folder, "package.json"))) ?? dirname(config);
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
