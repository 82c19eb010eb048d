import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { measureWidth } from "../../text/width.ts";
import { specifiersIn } from "./import-specifiers.ts";
import { stripTypes } from "./typescript-hook.ts";

/** Where a syntax error is. */
export interface SyntaxPlace {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** What is wrong there. */
  readonly message: string;
}

/** "file:12", the source around, a line of carets: how Node heads the stack of an error it could place. */
const HEADED_STACK = /^(?<file>\S.*)?:(?<line>\d+)\n(?:.*\n){0,3}?(?<indent>\s*)\^+\n/;
/** How the TypeScript parser of older Node versions draws it: " 2 | const b: = 5;" and carets under it. */
const DRAWN_MESSAGE = / (?<line>\d+) \| .*\n\s+: (?<indent>\s*)\^/;
const MAX_FILES = 50;

/**
 * Finds the place of a `SyntaxError` that importing `entry` threw, in it or in a file that it imports by a relative path.
 * Node does not tell a program where a module's syntax error is, so the files are checked again, without running them.
 */
export function findSyntaxPlace(error: Error, entry: string): SyntaxPlace | undefined {
  const known = parseHeadedStack(error.stack ?? "", error.message);
  if (known?.path) return isFromTypeScriptParser(error) ? undoDrawing(known, readFileSync(known.path, "utf8")) : known;
  const waiting = [entry];
  const seen = new Set(waiting);
  for (let path = waiting.shift(); path !== undefined && seen.size <= MAX_FILES; path = waiting.shift()) {
    const source = readFileSync(path, "utf8");
    const place = checkSource(path, source);
    // A SyntaxError may also come from the running program, from JSON.parse for one.
    if (place !== undefined && error.message.includes(place.message)) return { ...place, path };
    for (const next of listRelativeImports(path, source)) {
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  return undefined;
}

function listRelativeImports(path: string, source: string): string[] {
  return specifiersIn(source)
    .filter((specifier) => /^\.{1,2}\//.test(specifier))
    .map((specifier) => resolve(dirname(path), specifier))
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && existsSync(file));
}

function checkSource(path: string, source: string): SyntaxPlace | undefined {
  try {
    return checkJavaScript(path, path.endsWith("ts") ? stripTypes(source) : source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const place = parseHeadedStack(error.stack ?? "", error.message) ?? parseDrawnMessage(error.message);
    return place && undoDrawing(place, source);
  }
}

function checkJavaScript(path: string, source: string): SyntaxPlace | undefined {
  const type = /\.c[jt]s$/.test(path) ? "commonjs" : "module";
  const child = spawnSync(process.execPath, ["--check", `--input-type=${type}`, "-"], {
    input: source,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  if (child.status === 0) return undefined;
  const message = /^SyntaxError: (.*)$/m.exec(child.stderr)?.[1];
  return message === undefined ? undefined : parseHeadedStack(child.stderr, message);
}

function parseHeadedStack(stack: string, message: string): SyntaxPlace | undefined {
  const found = HEADED_STACK.exec(stack)?.groups;
  if (found === undefined) return undefined;
  const file = found["file"] ?? "";
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  return { path, line: Number(found["line"]), column: found["indent"]!.length + 1, message };
}

function parseDrawnMessage(message: string): SyntaxPlace | undefined {
  const found = DRAWN_MESSAGE.exec(message)?.groups;
  if (found === undefined) return undefined;
  const firstLine = message.split("\n")[0]!.replace(/^\s*x /, "");
  return { path: "", line: Number(found["line"]), column: found["indent"]!.length + 1, message: firstLine };
}

function isFromTypeScriptParser(error: Error): boolean {
  return "code" in error && String(error.code).endsWith("_TYPESCRIPT_SYNTAX");
}

const DRAWN_TAB_WIDTH = 4;

/** The TypeScript parser draws tabs as spaces and counts wide characters twice; the engine points into the source as it is. */
function undoDrawing(place: SyntaxPlace, source: string): SyntaxPlace {
  const text = source.split(/\r?\n/)[place.line - 1] ?? "";
  let drawn = 0;
  let column = 1;
  for (const character of text) {
    if (drawn >= place.column - 1) break;
    drawn += character === "\t" ? DRAWN_TAB_WIDTH - (drawn % DRAWN_TAB_WIDTH) : measureWidth(character);
    column += character.length;
  }
  return { ...place, column };
}
