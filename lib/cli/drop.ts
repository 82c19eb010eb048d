import { formatCount } from "../text/count.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODES } from "./exit.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { loadApp } from "./load-app.ts";

/** Options of {@link runDrop}. */
export interface DropCommandOptions {
  readonly force?: boolean;
  readonly quiet?: boolean;
}

/** `tidemark drop`: reverts what an app has made and resolves with the exit code. */
export async function runDrop(argument: string, { force = false, quiet = false }: DropCommandOptions): Promise<number> {
  const app = await loadApp(argument);
  await using _environment = app.environment;
  if (!force && !(await confirm(`Drop app "${app.name}" and all that it has made?`))) {
    process.stderr.write("Nothing was dropped\n");
    return EXIT_CODES.failed;
  }
  using interrupt = listenForInterrupt();
  const handle = app.drop({ signal: interrupt.signal });
  await handle;
  if (!quiet) {
    const numDeletes = handle.stats()?.total.numDeletes ?? 0;
    process.stdout.write(`Dropped ${app.name}: ${formatCount(numDeletes)} deleted\n`);
  }
  return EXIT_CODES.done;
}
