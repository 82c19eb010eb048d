import { fn } from "tidemark";
import { splitLines, type Section } from "./section.ts";

const DECLARATION =
  /^(?:(?:export|default|declare|abstract|async) +)*(?:function\*?|class|interface|type|enum|const|let|var|namespace|module) +["']?([\w$@/.:-]+)/;
const COMMENT_OR_DECORATOR = /^(?:\/\/|\/\*| \*|@)/;

/** A declaration that is longer is cut into several sections. */
const MAX_LINES = 100;

/** Splits TypeScript into its top-level declarations, each with the comment above it. */
export const splitCode = fn(function splitCode(text: string): Section[] {
  const lines = splitLines(text);
  const starts = findDeclarations(lines);
  return starts.flatMap(({ name, at }, index) => cut(lines, name, at, starts[index + 1]?.at ?? lines.length));
});

interface Declaration {
  readonly name: string;
  /** The number of its first line, from 0. */
  readonly at: number;
}

/** The declarations in order, after what stands before the first; overloads are one. */
function findDeclarations(lines: readonly string[]): Declaration[] {
  const found: Declaration[] = [{ name: "", at: 0 }];
  for (const [index, line] of lines.entries()) {
    const name = DECLARATION.exec(line)?.[1];
    if (name === undefined || name === found.at(-1)?.name) continue;
    found.push({ name, at: withComment(lines, index) });
  }
  return found;
}

function withComment(lines: readonly string[], at: number): number {
  let start = at;
  while (start > 0 && COMMENT_OR_DECORATOR.test(lines[start - 1] ?? "")) start--;
  return start;
}

function cut(lines: readonly string[], title: string, start: number, end: number): Section[] {
  const sections: Section[] = [];
  for (let at = start; at < end; at += MAX_LINES) {
    const text = lines.slice(at, Math.min(at + MAX_LINES, end)).join("\n");
    if (text.trim() !== "") sections.push({ title, line: at + 1, text });
  }
  return sections;
}
