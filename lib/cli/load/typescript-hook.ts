import { readFileSync } from "node:fs";
import { findPackageJSON, registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";

const TYPESCRIPT_FILE = /^file:.*\.([cm]?)ts$/;

let isRegistered = false;

/** Lets this process import TypeScript; nothing to do on a Node that does so by itself. */
export function enableTypeScript(): void {
  if (process.features.typescript || isRegistered) return;
  isRegistered = true;
  registerHooks({
    load(url, context, nextLoad) {
      const kind = TYPESCRIPT_FILE.exec(url);
      if (kind === null) return nextLoad(url, context);
      const source = stripTypes(readFileSync(fileURLToPath(url), "utf8"));
      return { format: isCommonJs(kind[1], url) ? "commonjs" : "module", source, shortCircuit: true };
    },
  });
}

/** Removes the types from TypeScript source; what is left keeps its place. */
export function stripTypes(source: string): string {
  return withoutExperimentalWarning(() => stripTypeScriptTypes(source));
}

/** The extension decides, else the package; a package that says nothing holds ES modules, as Node would find out by parsing. */
function isCommonJs(kind: string | undefined, url: string): boolean {
  if (kind !== "") return kind === "c";
  const manifest = findPackageJSON(url);
  if (manifest === undefined) return false;
  const { type } = JSON.parse(readFileSync(manifest, "utf8")) as { type?: unknown };
  return type === "commonjs";
}

/** That Node calls its type stripping experimental is nothing the user of a command can act on. */
function withoutExperimentalWarning<T>(action: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return action();
  } finally {
    process.emitWarning = emitWarning;
  }
}
