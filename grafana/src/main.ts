// Writes the dashboards, the rules and their runbooks; with --check, fails if what is there differs from the code.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { renderRules } from "./rules.ts";
import { renderRunbooks } from "./runbooks.ts";
import { buildOverview } from "./overview.ts";
import { buildRun } from "./run.ts";

const root = new URL("../../", import.meta.url);
const DASHBOARDS = "grafana/dashboards/";

const wanted = new Map<string, string>([
  ...[buildOverview(), buildRun()].map(
    (dashboard) => [`${DASHBOARDS}${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`] as const,
  ),
  ["grafana/rules/tidemark.rules.yml", renderRules()] as const,
  ["grafana/runbooks/runbooks.html", renderRunbooks(readFileSync(new URL("docs/runbooks.md", root), "utf8"))] as const,
]);
const present = [...readdirSync(new URL(DASHBOARDS, root)).map((name) => `${DASHBOARDS}${name}`), ...wanted.keys()];
const stale = [...new Set(present)].filter((path) => wanted.get(path) !== read(path));

if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    console.error(`Differ from the code: ${stale.join(", ")}; run \`npm run dashboards\``);
    process.exitCode = 1;
  }
} else {
  for (const path of stale) {
    const content = wanted.get(path);
    if (content === undefined) rmSync(new URL(path, root));
    else writeFileSync(new URL(path, root), content);
    console.log(`${content === undefined ? "removed" : "wrote"} ${path}`);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
