import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** This many files share a folder. */
const FILES_PER_FOLDER = 100;

/** Makes a tree of `count` small Markdown files below `root`, the same each time. */
export function createTree(root: string, count: number): void {
  for (let folder = 0; folder * FILES_PER_FOLDER < count; folder++) {
    mkdirSync(join(root, `part-${folder}`), { recursive: true });
  }
  for (let index = 0; index < count; index++) writeFileSync(pathOf(root, index), contentOf(index, 0));
}

/** Gives every hundredth file another content. `version` differs from one change to the next. */
export function changeTree(root: string, count: number, version: number): void {
  for (let index = 0; index < count; index += 100) writeFileSync(pathOf(root, index), contentOf(index, version));
}

/** Removes every file; the folders stay. */
export function emptyTree(root: string, count: number): void {
  for (let index = 0; index < count; index++) rmSync(pathOf(root, index));
}

function pathOf(root: string, index: number): string {
  return join(root, `part-${Math.floor(index / FILES_PER_FOLDER)}`, `file-${index}.md`);
}

function contentOf(index: number, version: number): string {
  return `# File ${index}, version ${version}\n\n${`Line of text number ${index}. `.repeat(20)}\n`;
}
