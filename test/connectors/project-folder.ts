import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { App, Environment, type UpdateHandle } from "../../lib/index.ts";
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
  /** As `run`, with a root elsewhere: every place is recorded as an absolute path, as 0.1 recorded all of them. */
  runOutside(body: () => unknown, app?: string): Promise<Record<string, Counts>>;
  /** As `run`, in a live run that ends once it has caught up. */
  runLive(body: () => unknown): Promise<Record<string, Counts>>;
  /** The paths of the components that mount folders and tables, as they are recorded. */
  mounted(app?: string): Promise<readonly string[]>;
}

/** Creates a project in the folder `p` of a new temp folder. */
export async function createProject(): Promise<ProjectFolder> {
  const temp = await createTempFolder();
  let path = join(temp.path, "p");
  const elsewhere = join(temp.path, "elsewhere-root");
  mkdirSync(path);
  mkdirSync(elsewhere);
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
    run: (body, app) => run({ path, root: path, body, app }),
    runOutside: (body, app) => run({ path, root: elsewhere, body, app }),
    runLive: (body) => run({ path, root: path, body, live: true }),
    async mounted(app = "app") {
      await using environment = new Environment({ dbPath: join(path, ".tidemark") });
      const paths: string[] = [];
      for await (const component of environment.components(app)) {
        if (component.path.includes("mountTarget")) paths.push(JSON.stringify(component.keys.at(-1)));
      }
      return paths;
    },
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

async function run(options: {
  readonly path: string;
  readonly root: string;
  readonly body: () => unknown;
  readonly app?: string | undefined;
  readonly live?: boolean;
}): Promise<Record<string, Counts>> {
  const { app: name = "app", body, live = false, path, root } = options;
  await using environment = new Environment({ dbPath: join(path, ".tidemark"), root, onException: () => undefined });
  const app = new App({ name, environment }, async function main() {
    await body();
  });
  const handle = app.update({ live });
  if (live) await stopWhenReady(handle);
  await handle;
  const [failure] = handle.failures();
  if (failure !== undefined) throw failure.error;
  const { main: _main, ...others } = countsByComponent(handle.stats());
  return others;
}

async function stopWhenReady(handle: UpdateHandle<void>): Promise<void> {
  for await (const { status } of handle.watch()) if (status === "ready") void handle.stop();
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
