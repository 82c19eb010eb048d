import { toPlainText } from "../../text/plain-text.ts";
import { parseAppArgument } from "../load/app-argument.ts";
import { hasState, isStore } from "../load/app-state.ts";
import { printStoreLog } from "../load/print-store-log.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { loadModule } from "../load/load-app.ts";
import { printLines } from "../console/print-lines.ts";
import { UsageError } from "../console/usage-error.ts";

/** Options of {@link runList}. */
export interface ListCommandOptions {
  /** The folder of a store. */
  readonly db?: string;
  /** Lists updates instead of apps. */
  readonly runs?: boolean;
}

/** `tidemark ls`: lists the apps of a module or of a store and resolves with the exit code. */
export async function runList(argument: string | undefined, options: ListCommandOptions): Promise<number> {
  if (options.runs === true) return (await import("./list-runs.ts")).listRuns(argument, options);
  const { db } = options;
  if (argument === undefined) return listStore(db);
  if (db !== undefined) {
    throw new UsageError("Cannot use --db with APP: the apps of a file say themselves where their store is");
  }
  return listModule(argument);
}

async function listModule(argument: string): Promise<number> {
  const { file, appName } = parseAppArgument(argument);
  if (appName !== undefined) {
    throw new UsageError(`Cannot list "${argument}": ls takes a file without the name of an app`);
  }
  const { apps } = await loadModule(file);
  const sorted = apps.map(({ app }) => app).toSorted((a, b) => a.name.localeCompare(b.name, "en"));
  const lines: string[] = [];
  for (const app of sorted) lines.push(`${(await hasState(app)) ? "" : "[+] "}${toPlainText(app.name)}`);
  await Promise.all(sorted.map((app) => app.environment.close()));
  await printLines(lines);
  return EXIT_CODES.done;
}

async function listStore(db: string | undefined): Promise<number> {
  // Only here, where there is no app to bring it along: it loads the whole engine.
  const { Environment } = await import("../../app/environment.ts");
  await using environment = new Environment(db === undefined ? {} : { dbPath: db });
  await printStoreLog(environment);
  if (!(await isStore(environment.dbPath))) {
    if (db !== undefined) throw new UsageError(`Cannot list apps: there is no store in ${db}`);
    process.stderr.write(`There is no store in ${environment.dbPath} yet: no app has run\n`);
    return EXIT_CODES.done;
  }
  await printLines((await environment.apps()).map(toPlainText));
  return EXIT_CODES.done;
}
