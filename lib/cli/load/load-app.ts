import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { isPromise } from "node:util/types";
import type { App } from "../../app/app.ts";
import { findNearest } from "../../text/nearest.ts";
import { parseAppArgument } from "./app-argument.ts";
import { findModule, formatPath } from "./find-module.ts";
import { describeLoadFailure } from "./load-failure.ts";
import { printStoreLog } from "./print-store-log.ts";
import { requireSameCopy } from "./same-copy.ts";
import { enableTypeScript } from "./typescript-hook.ts";
import { UsageError } from "../console/usage-error.ts";

/** An app of a module, with the names that it is exported under. */
export interface FoundApp {
  readonly app: App;
  readonly exportNames: readonly string[];
}

/** The apps that a module holds. */
export interface LoadedModule {
  /** The file, as the user would write it. */
  readonly file: string;
  readonly apps: readonly FoundApp[];
}

/**
 * Loads the one app that APP names.
 *
 * @throws UsageError when there is no such file, it cannot be loaded, or it is not clear which app is meant
 */
export async function loadApp(argument: string): Promise<App> {
  const { file, appName } = parseAppArgument(argument);
  return chooseApp(await loadModule(file), appName);
}

/** Imports the module at `file` and finds the apps that it exports. */
export async function loadModule(file: string): Promise<LoadedModule> {
  const path = findModule(file);
  enableTypeScript();
  const exported = await importModule(path);
  const apps = listExportedApps(exported);
  if (apps.length === 0) throw new UsageError(describeNoApp(formatPath(path), exported));
  await requireSameCopy(
    apps.map(({ app }) => app),
    path,
  );
  for (const { app } of apps) await printStoreLog(app.environment);
  return { file: formatPath(path), apps };
}

/** The app that `name` means; without a name, the only one. */
function chooseApp({ file, apps }: LoadedModule, name: string | undefined): App {
  if (name === undefined) {
    if (apps.length === 1) return apps[0]!.app;
    throw new UsageError(
      `APP must say which of the ${apps.length} apps of ${file} is meant:\n${listChoices(file, apps)}`,
    );
  }
  const named = apps.filter(({ app, exportNames }) => app.name === name || exportNames.includes(name));
  const exact = named.length > 1 ? named.filter(({ exportNames }) => exportNames.includes(name)) : named;
  if (exact.length === 1) return exact[0]!.app;
  if (named.length > 1) {
    throw new UsageError(`${file} has ${named.length} apps called "${name}": export each, and use the export's name`);
  }
  const nearest = findNearest(
    name,
    apps.flatMap(({ app, exportNames }) => [app.name, ...exportNames]),
  );
  const hint = nearest === undefined ? `It has:\n${listChoices(file, apps)}` : `Did you mean ${file}:${nearest}?`;
  throw new UsageError(`Cannot find an app called "${name}" in ${file}\n${hint}`);
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(describeLoadFailure(error, path), { cause: error });
  }
}

function listExportedApps(exported: Readonly<Record<string, unknown>>): FoundApp[] {
  const namesByApp = new Map<App, string[]>();
  for (const [name, value] of Object.entries(exported)) {
    if (isApp(value)) namesByApp.set(value, [...(namesByApp.get(value) ?? []), name]);
  }
  return Array.from(namesByApp, ([app, exportNames]) => ({ app, exportNames }));
}

/** Whether `value` is an app, of this copy of the package or of another. */
function isApp(value: unknown): value is App {
  return typeof value === "object" && value !== null && Symbol.for("tidemark.app") in value;
}

function listChoices(file: string, apps: readonly FoundApp[]): string {
  return apps.map(({ app }) => `  ${file}:${app.name}`).join("\n");
}

function describeNoApp(file: string, exported: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exported);
  const found = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
  const [promised] = names.filter((name) => isPromise(exported[name]));
  if (promised !== undefined) {
    return `Cannot find an app in ${file}: ${found}\n\`${promised}\` is a promise; export what it gives: export const app = await …;`;
  }
  const example = `export const app = new App("${basename(file).replace(/\.[^.]*$/, "")}", main);`;
  return `Cannot find an app in ${file}: ${found}\nExport one: ${example}`;
}
