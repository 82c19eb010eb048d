import { realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "../../app/app.ts";
import { formatPath } from "./find-module.ts";
import { UsageError } from "../console/usage-error.ts";

/**
 * Refuses apps that another copy of this package has made: this copy cannot observe them, so failures would go uncounted.
 *
 * @throws UsageError that says which copy to use instead
 */
export async function requireSameCopy(apps: readonly App[], modulePath: string): Promise<void> {
  const { App: OwnApp } = await import("../../app/app.ts");
  if (apps.every((app) => app instanceof OwnApp)) return;
  const own = resolve(import.meta.dirname, "../../..");
  const theirs = findCopyOf(modulePath);
  const start = `Cannot run ${formatPath(modulePath)}: its app is made by another copy of tidemark than this command is of, `;
  if (theirs === undefined || theirs === own) {
    throw new UsageError(
      `${start}which is in ${own}\nA module that it imports brings a copy of its own: "npm ls tidemark" shows which; install one for all.`,
    );
  }
  throw new UsageError(
    [
      `${start}which is in ${own}`,
      `Use the app's own: node ${formatPath(join(theirs, "dist/cli/main.js"))}, or "npx tidemark" in its folder.`,
    ].join("\n"),
  );
}

/** The folder of the copy that a module gets when it imports this package. */
function findCopyOf(modulePath: string): string | undefined {
  try {
    const manifest = findPackageJSON("tidemark", pathToFileURL(modulePath));
    return manifest && realpathSync(dirname(manifest));
  } catch {
    // It does not import the package by its name.
    return undefined;
  }
}
