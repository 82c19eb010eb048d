import type { Environment } from "../../app/environment.ts";
import { UsageError } from "../console/usage-error.ts";
import { isStore } from "./app-state.ts";
import { loadApp } from "./load-app.ts";
import { printStoreLog } from "./print-store-log.ts";

/** An app that is named on the command line. */
export interface FoundApp {
  readonly environment: Environment;
  readonly name: string;
}

/**
 * Finds an app by its module, or by its name in the store in the folder `db`. `act` is the action in words, for errors.
 *
 * @throws UsageError when there is no such app
 */
export async function findApp(argument: string, db: string | undefined, act: string): Promise<FoundApp> {
  if (db === undefined) return loadApp(argument);
  const environment = await openStoreAt(db, act);
  await requireApp(environment, argument, act);
  return { environment, name: argument };
}

/** Creates an environment on the store in a folder, with the targets of the package itself. */
export async function openStoreAt(db: string, act: string): Promise<Environment> {
  if (!(await isStore(db))) throw new UsageError(`Cannot ${act}: there is no store in ${db}`);
  const { Environment: StoreEnvironment } = await import("../../app/environment.ts");
  await Promise.all([import("../../connectors/localfs/index.ts"), import("../../connectors/sqlite/index.ts")]);
  const environment = new StoreEnvironment({ dbPath: db });
  await printStoreLog(environment);
  return environment;
}

async function requireApp(environment: Environment, name: string, act: string): Promise<void> {
  const names = await environment.apps();
  if (names.includes(name)) return;
  await environment.close();
  throw unknownApp(environment.dbPath, name, names, act);
}

/** The error of an app that a store does not have. */
export function unknownApp(db: string, name: string, names: readonly string[], act: string): UsageError {
  const known = names.length === 0 ? "it has no apps" : `it has ${names.join(", ")}`;
  return new UsageError(`Cannot ${act}: there is no app "${name}" in ${db}; ${known}`);
}
