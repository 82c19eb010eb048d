import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { HOMES, LAYERS } from "./layers.ts";

interface ImportPattern {
  readonly regex?: string;
  readonly group?: [string, ...string[]];
  readonly message: string;
}

/** The lint rule of one part or file of lib. */
export interface ImportRule {
  readonly files: string[];
  readonly rules: { "eslint/no-restricted-imports": ["error", { patterns: ImportPattern[] }] };
}

const root: string = fileURLToPath(new URL("..", import.meta.url)).replaceAll("\\", "/");

/** A glob for files of this checkout: the linter's own base would be the folder of its config. */
export function inCheckout(glob: string): string {
  return root + glob;
}

/** The rules that make imports point down and keep each package in its home. */
export function importRules(): ImportRule[] {
  checkTables();
  const places = [
    ...Object.keys(LAYERS),
    ...Object.values(HOMES)
      .flat()
      .filter((home) => !(home in LAYERS)),
  ];
  return places.map((place) => {
    const patterns = [...layerPatterns(partOf(place)), ...homePatterns(place)];
    const glob = `lib/${place}${isFile(place) ? "" : "/**"}`;
    return { files: [inCheckout(glob)], rules: { "eslint/no-restricted-imports": ["error", { patterns }] } };
  });
}

function layerPatterns(part: string): ImportPattern[] {
  const allowed = LAYERS[part] ?? [];
  const denied = Object.keys(LAYERS).filter((other) => other !== part && !allowed.includes(other));
  return denied.map((other) => {
    const message = `lib/${part} may not import this; see LAYERS in .ci/layers.ts`;
    const opened = allowed.filter((file) => file.startsWith(`${other}/`));
    return opened.length > 0
      ? { group: [`**/${other}/**`, ...opened.map((file) => `!**/${file}`)], message }
      : { regex: specifierRegex(part, other), message };
  });
}

function specifierRegex(part: string, other: string): string {
  const prefix = part.includes("/") || !isFile(part) ? String.raw`(?:\.\./)+` : String.raw`\./`;
  const tail = posix.relative(isFile(part) ? posix.dirname(part) : part, other).replaceAll("../", "");
  return `^${prefix}${tail.replaceAll(".", String.raw`\.`)}${isFile(other) ? "$" : "/"}`;
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

function partOf(place: string): string {
  return Object.keys(LAYERS).find((part) => place === part || place.startsWith(`${part}/`)) ?? place;
}

function isFile(place: string): boolean {
  return place.endsWith(".ts");
}

function checkTables(): void {
  const entries = readdirSync(`${root}lib`).flatMap((name) =>
    name === "connectors" ? readdirSync(`${root}lib/connectors`).map((connector) => `connectors/${connector}`) : [name],
  );
  for (const entry of entries) {
    if (entry !== "tsconfig.json" && !(entry in LAYERS)) {
      throw new Error(`Cannot lint lib/${entry}: it has no row in LAYERS of .ci/layers.ts`);
    }
  }
  const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    const scope = name.replace(/\/.*/, "");
    if (!(name in HOMES) && !(scope in HOMES)) {
      throw new Error(`Cannot lint imports of ${name}: it has no row in HOMES of .ci/layers.ts`);
    }
  }
}
