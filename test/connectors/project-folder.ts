import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { App, Environment } from "../../lib/index.ts";
import { countsByComponent, type Counts } from "../counts.ts";
import { createTempFolder } from "../temp-folder.ts";

/** A project in a temp folder, with its store in it; each run opens the store anew, as a process would. */
export interface ProjectFolder extends AsyncDisposable {
  /** The temp folder, which holds the project. */
  readonly outer: string;
  /** The project's folder. */
  readonly path: string;
  /** Moves the project below the temp folder. */
  move(name: string): void;
  /** Runs an app with `body` as its main function; gives the counts by component, the main function left out. */
  run(body: () => unknown, app?: string): Promise<Record<string, Counts>>;
}

/** Creates a project in the folder `p` of a new temp folder. */
export async function createProject(): Promise<ProjectFolder> {
  const temp = await createTempFolder();
  let path = join(temp.path, "p");
  return {
    outer: temp.path,
    get path() {
      return path;
    },
    move(name) {
      const moved = join(temp.path, name);
      renameSync(path, moved);
      path = moved;
    },
    async run(body, name = "app") {
      await using environment = new Environment({ dbPath: join(path, ".tidemark") });
      const app = new App({ name, environment }, async function main() {
        await body();
      });
      const handle = app.update();
      await handle;
      const [failure] = handle.failures();
      if (failure !== undefined) throw failure.error;
      const { main: _main, ...others } = countsByComponent(handle.stats());
      return others;
    },
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

/** The paths of the files below a folder, sorted; none when there is no such folder. */
export function filesBelow(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
