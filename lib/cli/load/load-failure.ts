import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { measureWidth } from "../../text/width.ts";
import { formatPath } from "./find-module.ts";
import { findSyntaxPlace, type SyntaxPlace } from "./syntax-place.ts";
import { formatUserStack } from "../console/user-stack.ts";

/** Says, in the user's terms, why the module at `path` could not be imported. */
export function describeLoadFailure(error: unknown, path: string): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  const place = error instanceof SyntaxError ? findSyntaxPlace(error, path) : undefined;
  if (place !== undefined) return describeSyntaxError(place, code, path);
  if (error instanceof Error && (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND")) {
    return describeMissingModule(error.message, path);
  }
  return `Cannot load ${formatPath(path)}: it failed while it was being loaded\n\n${formatUserStack(error)}`;
}

function describeSyntaxError(place: SyntaxPlace, code: unknown, path: string): string {
  return [
    `Cannot load ${formatPath(path)}: ${place.message}`,
    "",
    ...drawPlace(place),
    ...adviseOnSyntax(code, place).flatMap((advice) => ["", advice]),
  ].join("\n");
}

function drawPlace({ path, line, column }: SyntaxPlace): string[] {
  const head = `  ${formatPath(path)}:${line}:${column}`;
  const source = existsSync(path) ? readFileSync(path, "utf8").split(/\r?\n/)[line - 1] : undefined;
  if (source === undefined) return [head];
  const indent = source.slice(0, column - 1).replace(/[^\t]/gu, (character) => " ".repeat(measureWidth(character)));
  return [head, `  ${source}`, `  ${indent}^`];
}

function adviseOnSyntax(code: unknown, { message, path }: SyntaxPlace): string[] {
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return [
      "Node runs TypeScript by removing its types, so syntax that would have to be turned into JavaScript (enum, namespace\n" +
        "with values, parameter properties, import =) does not work. Write a const object or a union of literals instead\n" +
        'of an enum; with "erasableSyntaxOnly": true in tsconfig.json the compiler reports such places.',
    ];
  }
  const isEsmInCommonJs = /Cannot use import statement|Unexpected token 'export'|import\.meta/.test(message);
  if (!isEsmInCommonJs) return [];
  const moduleName = `${basename(path, extname(path))}.m${extname(path).slice(-2)}`;
  return [
    `The nearest package.json makes it CommonJS: set "type": "module" there, or rename the file to ${moduleName}.`,
  ];
}

function describeMissingModule(message: string, path: string): string {
  const found = /^Cannot find (package|module) '([^']+)'(?: imported from ([^\n]+))?/.exec(message);
  const [, kind, name, importer] = found ?? [];
  const file = formatPath(importer ?? path);
  if (name === undefined) return `Cannot load ${formatPath(path)}: ${message}`;
  if (kind === "package" || !/^[./\\]|^[A-Za-z]:/.test(name)) {
    return `Cannot load ${formatPath(path)}: ${file} imports "${name}", which is not installed\nTry: npm install ${name}`;
  }
  const target = resolve(dirname(importer ?? path), name);
  return `Cannot load ${formatPath(path)}: ${file} imports ${formatPath(target)}, which does not exist${suggestExtension(target)}`;
}

/** Node wants the extension of the file that is there: a common slip of who comes from a bundler. */
function suggestExtension(target: string): string {
  const stem = join(dirname(target), basename(target, extname(target)));
  const candidates = [`${target}.ts`, `${target}.js`, `${stem}.ts`, `${stem}.js`, join(target, "index.ts")];
  const found = candidates.find((candidate) => existsSync(candidate));
  return found === undefined
    ? ""
    : `\nDid you mean ${formatPath(found)}? Imports must name the file with its extension`;
}
