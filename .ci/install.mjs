import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run-step.mjs";

/** Whether node_modules holds what package-lock.json asks for, and a Node that can run it. */
export function isInstalled() {
  const { "": _checkout, ...wanted } = packagesOf("package-lock.json");
  const present = packagesOf("node_modules/.package-lock.json");
  return !isNodeMissing() && Object.entries(wanted).every(([path, entry]) => isSatisfied(entry, present[path]));
}

/** Installs with `npm ci`, under Node 24 where the running Node is too old for the dependencies. */
export async function install() {
  const npm = process.env.npm_execpath ?? "npm";
  const underNode24 = isNodeTooOld() ? ["exec", "--yes", "--package=node@24", "--", "npm"] : [];
  await run("Installing dependencies…", npm, [...underNode24, "ci", "--include=dev"]);
  if (isNodeMissing()) {
    throw new Error("Cannot prepare: Node must be 22.15 or newer, or npm must be allowed to run install scripts");
  }
}

function isSatisfied(wanted, present) {
  return present === undefined
    ? wanted.optional === true || wanted.devOptional === true
    : present.version === wanted.version;
}

function packagesOf(lockfile) {
  const path = join(root, lockfile);
  // npm writes the one in node_modules last: an install that was cut short has none.
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {};
}

/** Whether the running Node is too old, and the one that npm's install script fetches is not there. */
function isNodeMissing() {
  return isNodeTooOld() && !existsSync(join(root, "node_modules/.bin/node"));
}

function isNodeTooOld() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major < 22 || (major === 22 && minor < 15);
}
