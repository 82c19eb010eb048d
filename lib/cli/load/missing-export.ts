import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findNearest } from "../../text/nearest.ts";

const MISSING = /^The requested module '([^']+)' does not provide an export named '([^']+)'/;

/** The remedy for the import of a name that the module does not export; `undefined` for another error. */
export function adviseOnMissingExport(message: string, importer: string, line: string): string | undefined {
  const [, specifier, name] = MISSING.exec(message) ?? [];
  if (specifier === undefined || name === undefined) return undefined;
  if (name === "default") {
    return `It has no default export: import what you need by name, such as import { … } from "${specifier}".`;
  }
  const declarations = readDeclarations(specifier, importer);
  if (declarations !== undefined && isType(name, declarations)) return adviseOnType(name, specifier, line);
  const nearest = findNearest(name, declarations === undefined ? [] : exportedNames(declarations));
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  const isTypeScript = /\.[cm]?ts$/.test(importer);
  return isTypeScript ? `If \`${name}\` is a type: ${adviseOnType(name, specifier, line)}` : undefined;
}

function adviseOnType(name: string, specifier: string, line: string): string {
  const keyword = /^\s*export\b/.test(line) ? "export" : "import";
  return (
    `\`${name}\` is a type, and types are gone when the program runs: write ${keyword} { type ${name} } from "${specifier}".\n` +
    'With "verbatimModuleSyntax": true in tsconfig.json the compiler reports such places.'
  );
}

/** The source of a file, or the declarations of a package; `undefined` where they are not found. */
function readDeclarations(specifier: string, importer: string): string | undefined {
  try {
    const isPath = /^[./]/.test(specifier);
    return readFileSync(isPath ? resolve(dirname(importer), specifier) : findTypes(specifier, importer), "utf8");
  } catch {
    return undefined;
  }
}

interface Manifest {
  readonly types?: string;
  readonly exports?: Readonly<Record<string, { readonly types?: string } | string>>;
}

function findTypes(specifier: string, importer: string): string {
  const path = findPackageJSON(specifier, pathToFileURL(importer)) ?? "";
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest & { readonly name: string };
  const entry = manifest.exports?.[`.${specifier.slice(manifest.name.length)}`];
  const types = typeof entry === "object" ? entry.types : manifest.types;
  return join(dirname(path), types ?? "");
}

function isType(name: string, source: string): boolean {
  const escaped = name.replaceAll("$", "\\$");
  return new RegExp(
    `\\b(?:interface|type)\\s+${escaped}\\b|\\bexport\\s+type\\s*\\{[^}]*\\b${escaped}\\b[^}]*\\}|\\btype\\s+\\w+\\s+as\\s+${escaped}\\b`,
  ).test(source);
}

function exportedNames(source: string): string[] {
  const declared = source.matchAll(
    /\bexport\s+(?:declare\s+)?(?:async\s+)?(?:function\*?|const|let|var|class)\s+([\w$]+)/g,
  );
  const listed = source.matchAll(/\bexport\s*\{([^}]*)\}/g);
  return [
    ...[...declared].map(([, name = ""]) => name),
    ...[...listed]
      .flatMap(([, names = ""]) => names.split(","))
      .map(
        (name) =>
          name
            .trim()
            .split(/\s+as\s+/)
            .at(-1) ?? "",
      ),
  ].filter((name) => name !== "" && !name.startsWith("type "));
}
