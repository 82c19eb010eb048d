import { basename, extname } from "node:path";
import { Script } from "node:vm";
import { adviseOnMissingExport } from "./missing-export.ts";
import type { SyntaxPlace } from "./syntax-place.ts";

/** The remedy for a syntax error; `line` is the text of its line. `canUse` says whether this engine knows `using`. */
export function adviseOnSyntax(
  code: unknown,
  place: SyntaxPlace,
  line: string,
  canUse: () => boolean = hasUsing,
): string | undefined {
  const { message, path } = place;
  if (line[place.column - 1] === "@" || /^\s*@[\w$]/.test(line)) return DECORATORS;
  if (isUsing(line, place) && !canUse()) return describeUsing();
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") return NOT_ERASABLE;
  if (/Cannot use import statement|Unexpected token 'export'|import\.meta/.test(message)) return describeCommonJs(path);
  return adviseOnMissingExport(message, path, line);
}

const NOT_ERASABLE =
  "Node runs TypeScript by removing its types, so syntax that would have to be turned into JavaScript (enum, namespace\n" +
  "with values, parameter properties, import =) does not work. Write a const object or a union of literals instead\n" +
  'of an enum; with "erasableSyntaxOnly": true in tsconfig.json the compiler reports such places.';

const DECORATORS =
  "Node runs no decorators: they would have to be turned into JavaScript. Call the decorating function instead, such as\n" +
  "`Service = decorate(Service)`, or build the file with a compiler and give its JavaScript to the command.";

/** Whether the error is at a declaration with `using`, which an older engine takes for two names. */
function isUsing(line: string, { column }: SyntaxPlace): boolean {
  return /(?:^|[\s;{(])(?:await\s+)?using\s+[\w$]+\s*(?:[=:]|of\b)/.test(line.slice(Math.max(0, column - 20)));
}

function hasUsing(): boolean {
  try {
    // Parsed, not run.
    return new Script("{ using it = null; }").cachedDataRejected !== true;
  } catch {
    return false;
  }
}

function describeUsing(): string {
  return (
    `\`using\` needs Node 24, and this is Node ${process.versions.node}. Use a newer Node, or a callback: statsGroup(title, body),\n` +
    "componentSubpath(key).run(body); for other resources try and finally."
  );
}

function describeCommonJs(path: string): string {
  const moduleName = `${basename(path, extname(path))}.m${extname(path).slice(-2)}`;
  return `The nearest package.json makes it CommonJS: set "type": "module" there, or rename the file to ${moduleName}.`;
}
