// Fails unless the package holds, for each module of lib, its source and its built files, the built page with the licences of the packages in
// it, the files that `tidemark dashboards` writes, and nothing unknown; and unless the lockfile is sound.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { SHIPPED_FILES } from "../lib/dashboards/shipped-files.ts";
import { lockfileProblems, type Lockfile } from "./lockfile-problems.ts";
import { LICENSES_FILE } from "./page-licenses.mjs";

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

const dryRun = ["pack", "--dry-run", "--json", "--ignore-scripts"];
const [packed] = JSON.parse(execFileSync("npm", dryRun, { encoding: "utf8" })) as [Packed];
const actual = new Set(packed.files.map((file) => file.path));

const modules = readdirSync("lib", { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.startsWith("serve/page/"))
  .map((path) => path.slice(0, -".ts".length));
// Its names have a hash of their content.
const page = readdirSync("dist/serve/page", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/"));
if (!page.includes("dist/serve/page/index.html")) throw new Error("Cannot publish the package: the page is not built");
const expected = new Set([
  "package.json",
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
  ...SHIPPED_FILES.map(({ source }) => source),
  ...page,
  ...modules.flatMap((path) => [
    `lib/${path}.ts`,
    ...["js", "js.map", "d.ts", "d.ts.map"].map((extension) => `dist/${path}.${extension}`),
  ]),
]);

const missing = [...expected.difference(actual)];
const unknown = [...actual.difference(expected)];
if (missing.length > 0 || unknown.length > 0) {
  console.error(`Cannot publish the package: missing [${missing.join(", ")}], unknown [${unknown.join(", ")}]`);
  process.exitCode = 1;
}

for (const problem of [...licenseProblems(), ...lockfileProblems(readLockfile())]) {
  console.error(`Cannot publish the package: ${problem}`);
  process.exitCode = 1;
}

/** Lists the packages that the page imports and whose licence it does not have, and scripts that do not name the file of the licences. */
function licenseProblems(): string[] {
  const texts = readFileSync(`dist/serve/page/${LICENSES_FILE}`, "utf8");
  const unlicensed = pageImports()
    .filter((name) => !texts.includes(readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()))
    .map((name) => `the page bundles ${name} without its licence`);
  const fileName = LICENSES_FILE.slice(LICENSES_FILE.lastIndexOf("/") + 1);
  const unnamed = page
    .filter((path) => path.endsWith(".js") && !readFileSync(path, "utf8").includes(fileName))
    .map((path) => `${path} does not name ${fileName}`);
  return [...unlicensed, ...unnamed];
}

/** The packages that the sources of the page import. */
function pageImports(): readonly string[] {
  const sources = readdirSync("lib/serve/page", { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => readFileSync(`lib/serve/page/${path}`, "utf8"));
  const found = sources.flatMap((source) => [...source.matchAll(/from "((?:@[^/"]+\/)?[^./"][^/"]*)/g)]);
  return [...new Set(found.map(([, name]) => name))];
}

function readLockfile(): Lockfile {
  return JSON.parse(readFileSync("package-lock.json", "utf8")) as Lockfile;
}
