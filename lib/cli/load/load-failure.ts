import { existsSync, readFileSync } from "node:fs";
import { measureWidth } from "../../text/width.ts";
import { describeMissingDependency } from "../console/missing-dependency.ts";
import { formatUserStack } from "../console/user-stack.ts";
import { formatPath } from "./find-module.ts";
import { adviseOnLoading } from "./loader-advice.ts";
import { describeMissingModule, isMissingModule } from "./missing-module.ts";
import { adviseOnSyntax } from "./syntax-advice.ts";
import { findSyntaxPlace, type SyntaxPlace } from "./syntax-place.ts";

/** Says, in the user's terms, why the module at `path` could not be imported. */
export function describeLoadFailure(error: unknown, path: string): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  const place = error instanceof SyntaxError ? findSyntaxPlace(error, path) : undefined;
  if (place !== undefined) return describeSyntaxError(place, code, path);
  const dependency = describeMissingDependency(error);
  if (dependency !== undefined) return `Cannot load ${formatPath(path)}: ${dependency}`;
  if (isMissingModule(error)) return describeMissingModule(error.message, path);
  const advice = adviseOnLoading(error);
  const start = `Cannot load ${formatPath(path)}: it failed while it was being loaded\n\n${formatUserStack(error)}`;
  return advice === undefined ? start : `${start}\n\n${advice}`;
}

function describeSyntaxError(place: SyntaxPlace, code: unknown, path: string): string {
  const line = readLine(place);
  const advice = adviseOnSyntax(code, place, line ?? "");
  return [
    `Cannot load ${formatPath(path)}: ${place.message}`,
    "",
    ...drawPlace(place, line),
    ...(advice === undefined ? [] : ["", advice]),
  ].join("\n");
}

function readLine({ line, path }: SyntaxPlace): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8").split(/\r?\n/)[line - 1] : undefined;
}

function drawPlace({ path, line, column }: SyntaxPlace, source: string | undefined): string[] {
  const head = `  ${formatPath(path)}:${line}:${column}`;
  if (source === undefined) return [head];
  const indent = source.slice(0, column - 1).replace(/[^\t]/gu, (character) => " ".repeat(measureWidth(character)));
  return [head, `  ${source}`, `  ${indent}^`];
}
