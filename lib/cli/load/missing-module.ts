import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { describeMissingDependency } from "../console/missing-dependency.ts";
import { formatPath } from "./find-module.ts";
import { listSpecifiers } from "./import-specifiers.ts";
import { findBelowRoot, findPathAlias, type PathAlias } from "./path-alias.ts";

/** A name that npm takes for a package. */
const PACKAGE_NAME = /^(?:@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9-][a-z0-9._-]*$/;

/** Describes a module that was not found while the module at `path` was loaded, with the remedy. */
export function describeMissingModule(message: string, path: string): string {
  return `Cannot load ${formatPath(path)}: ${describeMissing(message, path) ?? message}`;
}

/** Describes a module that a component imported and that was not found, with the remedy; `undefined` for another error. */
export function adviseOnMissingImport(error: unknown): string | undefined {
  if (!isMissingModule(error)) return undefined;
  const dependency = describeMissingDependency(error);
  if (dependency !== undefined) return dependency;
  const importer = / imported from ([^\n]+)/.exec(error.message)?.[1];
  return importer === undefined ? undefined : describeMissing(error.message, importer);
}

const MISSING_CODES: readonly unknown[] = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_INVALID_MODULE_SPECIFIER"];

/** Whether `error` is that of Node for a module that it does not find. */
export function isMissingModule(error: unknown): error is Error {
  return error instanceof Error && MISSING_CODES.includes((error as NodeJS.ErrnoException).code);
}

function describeMissing(message: string, path: string): string | undefined {
  const found = /^Cannot find (package|module) '([^']+)'(?: imported from ([^\n]+))?/.exec(message);
  const invalid = /^Invalid module "([^"]+)" .* imported from ([^\n]+)/.exec(message);
  const [, kind, name, importer = path] = found ?? (invalid && ["", "package", ...invalid.slice(1)]) ?? [];
  if (name === undefined) return undefined;
  const file = formatPath(importer);
  if (kind === "package" || !/^[./\\]|^[A-Za-z]:/.test(name)) {
    // Node names the package; the import may name a part of it.
    const specifier = listSpecifiers(importer).find((each) => each === name || each.startsWith(`${name}/`)) ?? name;
    return `${file} imports ${describeMissingPackage(name, specifier, importer)}`;
  }
  const target = resolve(dirname(importer), name);
  return `${file} imports ${formatPath(target)}, which does not exist${suggestExtension(target)}`;
}

function describeMissingPackage(name: string, specifier: string, importer: string): string {
  const alias = findPathAlias(specifier, importer);
  if (alias !== undefined) return describeAlias(specifier, alias);
  if (isBuiltin(name)) return `"${specifier}", and Node has no such module`;
  const below = findBelowRoot(specifier, importer);
  if (below !== undefined) {
    const path = relative(dirname(importer), below).split(sep).join("/");
    return (
      `"${specifier}", which Node takes for a package: it does not look below the project's root or \`baseUrl\`\n` +
      `Import it by its relative path: "${path.startsWith(".") ? path : `./${path}`}"`
    );
  }
  if (PACKAGE_NAME.test(name)) return `"${name}", which is not installed\nTry: npm install ${name}`;
  return (
    `"${specifier}", which is no name of a package. If it is an alias of a bundler, Node does not know of it\n` +
    'Name it in "imports" of package.json, which Node, TypeScript and bundlers read, or import a relative path'
  );
}

function describeAlias(specifier: string, alias: PathAlias): string {
  const { config, file, imports, pattern, target } = alias;
  const start = `"${specifier}", an alias of "paths" in ${formatPath(config)}, which Node does not read\n`;
  const missing = `Its target ${formatPath(target)} does not exist either: look for a slip in the name, or for a package that is meant.\n`;
  return (
    `${start}${file === undefined ? missing : ""}` +
    'Do not install a package of that name. Node and TypeScript both read "imports" of package.json, whose names begin with #:\n' +
    `  "imports": { "${imports.pattern}": "${imports.target}" }\n` +
    `Then write ${describeUse(specifier, pattern, alias)}; or import a relative path.`
  );
}

/** The import by the new name; a file needs its extension there. */
function describeUse(specifier: string, pattern: string, { file, imports, target }: PathAlias): string {
  const [start = "", end] = pattern.split("*");
  const rest = end === undefined ? "" : specifier.slice(start.length, specifier.length - end.length);
  const isComplete = rest === "" || /\.[cm]?[jt]s$|\.json$/.test(rest);
  const suffix = file?.startsWith(target) === true ? file.slice(target.length) : ".ts";
  return `"${imports.pattern.replace("*", () => (isComplete ? rest : rest + suffix))}" instead of "${specifier}"`;
}

/** Node wants the extension of the file that is there: a common slip of who comes from a bundler. */
export function suggestExtension(target: string): string {
  const stem = join(dirname(target), basename(target, extname(target)));
  const indexes = ["index.ts", "index.js"].map((name) => join(target, name));
  const candidates = [`${target}.ts`, `${target}.js`, `${stem}.ts`, `${stem}.js`, ...indexes];
  const found = candidates.find((candidate) => existsSync(candidate));
  return found === undefined
    ? ""
    : `\nDid you mean ${formatPath(found)}? Imports must name the file with its extension`;
}
