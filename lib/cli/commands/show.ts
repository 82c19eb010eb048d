import { hasState } from "../load/app-state.ts";
import { renderComponentList, renderComponentTree } from "../show/component-lines.ts";
import { EXIT_CODES } from "../console/exit.ts";
import { loadApp } from "../load/load-app.ts";
import { printLines } from "../console/print-lines.ts";

/** Options of {@link runShow}. */
export interface ShowCommandOptions {
  readonly tree?: boolean;
}

/** `tidemark show`: prints the components of an app and resolves with the exit code. */
export async function runShow(argument: string, { tree = false }: ShowCommandOptions): Promise<number> {
  const app = await loadApp(argument);
  await using environment = app.environment;
  if (!(await hasState(app))) {
    process.stderr.write(`App "${app.name}" has not run yet: it has no state in ${environment.dbPath}\n`);
    return EXIT_CODES.done;
  }
  const components = environment.components(app.name);
  await printLines(tree ? renderComponentTree(components) : renderComponentList(components));
  return EXIT_CODES.done;
}
