import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run-step.mjs";

const stamp = join(root, "dist/.built-from");

/** Whether dist was built from lib as it is now. */
export function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sourceHash();
}

/** Compiles lib into dist, from nothing, so that no module outlives its source; the live page is put into dist/serve/page. */
export async function build() {
  const hash = sourceHash();
  rmSync(join(root, "dist"), { recursive: true, force: true });
  await run("Building…", join(root, "node_modules/typescript/bin/tsc"), ["-p", "lib/tsconfig.json"]);
  await run("Building the live page…", join(root, "node_modules/vite/bin/vite.js"), [
    "build",
    "-c",
    ".ci/page.config.mjs",
  ]);
  writeFileSync(stamp, hash);
}

function sourceHash() {
  const sources = readdirSync(join(root, "lib"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
  const hash = createHash("sha256");
  for (const path of [
    ...sources,
    join(root, "tsconfig.json"),
    join(root, ".ci/page.config.mjs"),
    join(root, ".ci/page-licenses.mjs"),
    join(root, "package-lock.json"),
  ]) {
    const content = readFileSync(path);
    hash.update(`${path.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
