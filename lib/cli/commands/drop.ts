import { formatCount } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { hasState } from "../load/app-state.ts";
import { confirm } from "../console/confirm.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { listenForInterrupt } from "../console/interrupt.ts";
import { loadApp } from "../load/load-app.ts";

/** Options of {@link runDrop}. */
export interface DropCommandOptions {
  readonly force?: boolean;
  readonly quiet?: boolean;
  /** Confirms that the project has moved here. */
  readonly adopt?: boolean;
}

/** `tidemark drop`: reverts what an app has made and resolves with the exit code. */
export async function runDrop(argument: string, options: DropCommandOptions): Promise<number> {
  const { adopt = false, force = false, quiet = false } = options;
  const app = await loadApp(argument);
  await using _environment = app.environment;
  const say = (text: string): void => void (quiet || process.stdout.write(`${toPlainText(text)}\n`));
  if (!(await hasState(app))) {
    say(`Nothing to drop: app "${app.name}" has no state in ${app.environment.dbPath}`);
    return EXIT_CODES.done;
  }
  using interrupt = listenForInterrupt();
  if (!force && !(await confirm(`Drop app "${app.name}" and all that it has made?`))) {
    process.stderr.write("Nothing was dropped\n");
    return interrupt.exitCode ?? EXIT_CODES.failed;
  }
  const handle = app.drop({ adopt, signal: interrupt.signal });
  try {
    await handle.result();
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode;
    throw error;
  }
  say(`Dropped app "${app.name}": ${formatCount(handle.stats()?.total.numDeletes ?? 0)} deleted`);
  return interrupt.exitCode ?? EXIT_CODES.done;
}
