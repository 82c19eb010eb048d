// Fails unless the package holds, for each module of lib, its source and what was built from it, the built page, the files that
// `tidemark dashboards` writes, and nothing unknown.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { SHIPPED_FILES } from "../lib/dashboards/shipped-files.ts";

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
