import type { Environment } from "../../app/environment.ts";
import { mergeUpdates } from "../../progress/record/merge-updates.ts";
import type { UpdateRecord } from "../../progress/record/update-record.ts";
import { parseAppArgument } from "../load/app-argument.ts";
import { isStore } from "../load/app-state.ts";
import { printStoreLog } from "../load/print-store-log.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { loadApp, loadModule } from "../load/load-app.ts";
import { printLines } from "../console/print-lines.ts";
import { renderRuns } from "../show/run-lines.ts";
import { UsageError } from "../console/usage-error.ts";

/** `tidemark ls --runs`: lists the updates that are on record, newest first, and resolves with the exit code. */
export async function listRuns(argument: string | undefined, { db }: { readonly db?: string }): Promise<number> {
  if (argument !== undefined && db !== undefined) {
    throw new UsageError("Cannot use --db with APP: the apps of a file say themselves where their store is");
  }
  const records = argument === undefined ? await readStore(db) : await readApps(argument);
  if (records.length === 0) process.stderr.write("No update is on record\n");
  await printLines(renderRuns(records));
  return EXIT_CODES.done;
}

async function readApps(argument: string): Promise<readonly UpdateRecord[]> {
  const { appName, file } = parseAppArgument(argument);
  const apps = appName === undefined ? (await loadModule(file)).apps.map(({ app }) => app) : [await loadApp(argument)];
  const lists: (readonly UpdateRecord[])[] = [];
  for (const { environment, name } of apps) lists.push(await readUpdates(environment, [name]));
  await Promise.all(apps.map(({ environment }) => environment.close()));
  return mergeUpdates(lists);
}

async function readStore(db: string | undefined): Promise<readonly UpdateRecord[]> {
  // Only here, where there is no app to bring it along: it loads the whole engine.
  const { Environment } = await import("../../app/environment.ts");
  await using environment = new Environment(db === undefined ? {} : { dbPath: db });
  await printStoreLog(environment);
  if (db !== undefined && !(await isStore(environment.dbPath))) {
    throw new UsageError(`Cannot list updates: there is no store in ${db}`);
  }
  return await readUpdates(environment, undefined);
}

/** Of the given apps, or of all, newest first. A store that is not there is not made. */
async function readUpdates(
  environment: Environment,
  apps: readonly string[] | undefined,
): Promise<readonly UpdateRecord[]> {
  if (!(await isStore(environment.dbPath))) return [];
  const lists: (readonly UpdateRecord[])[] = [];
  for (const app of apps ?? (await environment.apps())) lists.push(await environment.updates(app));
  return mergeUpdates(lists);
}
