import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

// Usage: import-levels.ts [LIB]. Prints, for each folder of lib: its files, and on how many levels its imports stand. A file stands one
// level above the highest one that it imports; a subfolder counts as one file.
const lib = process.argv[2] ?? "lib";

const files = readdirSync(lib, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.tsx?$/.test(path));

const imports = new Map(files.map((file) => [file, importsOf(file)]));
const folders = new Set(files.flatMap(foldersAround));

console.log("folder                     files  levels");
for (const folder of [...folders].toSorted()) {
  const inside = files.filter((file) => file.startsWith(`${folder}/`));
  console.log(
    `${folder.padEnd(26)} ${String(inside.length).padStart(5)} ${String(levelsOf(folder, inside)).padStart(7)}`,
  );
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(`${lib}/${file}`, "utf8");
  const specifiers = [...text.matchAll(/\b(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, specifier]) => specifier ?? "");
  return specifiers
    .map((specifier) => posix.join(posix.dirname(file), specifier))
    .filter((target) => files.includes(target));
}

function foldersAround(file: string): string[] {
  const folder = posix.dirname(file);
  return folder === "." ? [] : [folder, ...foldersAround(folder)];
}

function levelsOf(folder: string, inside: readonly string[]): number {
  const nodeOf = (file: string): string => file.slice(folder.length + 1).replace(/\/.*/, "/");
  const edges = new Map<string, Set<string>>(inside.map((file) => [nodeOf(file), new Set()]));
  for (const file of inside) {
    const own = nodeOf(file);
    const others = imports.get(file)!.filter((target) => target.startsWith(`${folder}/`) && nodeOf(target) !== own);
    for (const target of others) edges.get(own)!.add(nodeOf(target));
  }
  const levels = new Map<string, number>();
  const levelOf = (node: string): number => {
    const known = levels.get(node);
    if (known !== undefined) return known;
    // Ends a cycle of folders, which lint refuses here; other checkouts may have some.
    levels.set(node, 0);
    const level = 1 + Math.max(0, ...[...edges.get(node)!].map(levelOf));
    levels.set(node, level);
    return level;
  };
  return Math.max(...[...edges.keys()].map(levelOf));
}
