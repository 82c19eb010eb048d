import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { HOMES, LAYERS } from "./layers.ts";

interface ImportPattern {
  readonly regex: string;
  readonly message: string;
}

/** The lint rule for the files of one folder of lib, or for one of them. */
export interface ImportRule {
  readonly files: string[];
  readonly rules: { "eslint/no-restricted-imports": ["error", { patterns: ImportPattern[] }] };
}

const root: string = fileURLToPath(new URL("..", import.meta.url)).replaceAll("\\", "/");

/** Every source file, below lib. */
const sources: readonly string[] = readdirSync(`${root}lib`, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.tsx?$/.test(path))
  .toSorted();

const folders: ReadonlyMap<string, readonly string[]> = Map.groupBy(sources, (file) => posix.dirname(file));

/** A glob for files of this checkout: the linter's own base would be the folder of its config. */
export function inCheckout(glob: string): string {
  return root + glob;
}

/** The rules that make imports point down and keep each package in its home. */
export function importRules(): ImportRule[] {
  checkTables();
  const homes = Object.values(HOMES)
    .flat()
    .filter((home) => isFile(home));
  const files = sources.filter((file) => file in LAYERS || homes.includes(file));
  // A later rule replaces an earlier one, so rules of single files come last.
  return [...folders.keys()]
    .map((folder) => ruleOf(folder, `${folder}/*.{ts,tsx}`))
    .concat(files.map((file) => ruleOf(file, file)));
}

/** The rule for a folder or a file. */
function ruleOf(place: string, glob: string): ImportRule {
  const patterns = [...layerPatterns(place), ...homePatterns(place)];
  return { files: [inCheckout(`lib/${glob}`)], rules: { "eslint/no-restricted-imports": ["error", { patterns }] } };
}

/** Returns one pattern for each folder with files that the part of `place` may not import. */
function layerPatterns(place: string): ImportPattern[] {
  const from = isFile(place) ? posix.dirname(place) : place;
  const part = partOf(place);
  const allowed = new Set([part, ...(LAYERS[part] ?? [])]);
  const message = `lib/${part} may not import this; see LAYERS in .ci/layers.ts`;
  return [...folders].flatMap(([folder, files]) => {
    const denied = files.filter((file) => !allowed.has(file) && !allowed.has(partOf(file)));
    if (denied.length === 0) return [];
    const names = denied.map((file) => escape(posix.basename(file))).join("|");
    return [{ regex: `^${escape(relativeFolder(from, folder))}/(?:${names})$`, message }];
  });
}

function relativeFolder(from: string, folder: string): string {
  const path = posix.relative(from, folder);
  if (path === "") return ".";
  return path.startsWith("..") ? path : `./${path}`;
}

function homePatterns(place: string): ImportPattern[] {
  const foreign = Object.keys(HOMES).filter((name) => !isAtHome(name, place));
  return [
    ...foreign.map((name) => ({
      regex: `^${name}(?:/|$)`,
      message: `\`${name}\` is imported in lib/${HOMES[name]?.join(", lib/")} alone; see HOMES in .ci/layers.ts`,
    })),
    { regex: "^tidemark(?:/|$)", message: "lib does not import its own entry points" },
  ];
}

function isAtHome(name: string, place: string): boolean {
  return HOMES[name]?.some((home) => home === place || place.startsWith(`${home}/`)) ?? false;
}

/** The row that a folder or a file belongs to: the innermost one that holds it. */
function partOf(place: string): string {
  for (let part = place; part !== "."; part = posix.dirname(part)) if (part in LAYERS) return part;
  return place;
}

function isFile(place: string): boolean {
  return /\.tsx?$/.test(place);
}

function escape(text: string): string {
  return text.replaceAll(".", String.raw`\.`);
}

function checkTables(): void {
  const places = sources.map((file) => (file.includes("/") ? posix.dirname(file) : file));
  const missing = places.find((place) => !(place in LAYERS));
  if (missing !== undefined) throw new Error(`Cannot lint lib/${missing}: it has no row in LAYERS of .ci/layers.ts`);
  checkOrder();
  const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    const scope = name.replace(/\/.*/, "");
    if (!(name in HOMES) && !(scope in HOMES)) {
      throw new Error(`Cannot lint imports of ${name}: it has no row in HOMES of .ci/layers.ts`);
    }
  }
}

/** Checks that rows name only existing places and earlier rows, so that no two parts can import each other. */
function checkOrder(): void {
  const known = new Set<string>();
  for (const [part, allowed] of Object.entries(LAYERS)) {
    for (const entry of [part, ...allowed]) {
      if (!sources.some((file) => file === entry || file.startsWith(`${entry}/`))) {
        throw new Error(`Cannot lint lib/${part}: LAYERS of .ci/layers.ts names ${entry}, which is not there`);
      }
    }
    const later = allowed.find((entry) => !known.has(partOf(entry)));
    if (later !== undefined) {
      throw new Error(
        `Cannot lint lib/${part}: LAYERS of .ci/layers.ts lets it import ${later}, which has no row before it`,
      );
    }
    known.add(part);
  }
}
