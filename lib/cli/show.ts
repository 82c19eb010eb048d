import { hasState } from "./app-state.ts";
import { renderComponentList, renderComponentTree } from "./component-lines.ts";
import { EXIT_CODES } from "./exit.ts";
import { loadApp } from "./load-app.ts";
import { printLines } from "./print-lines.ts";

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
