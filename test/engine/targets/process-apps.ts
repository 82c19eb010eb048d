import { App, fn, type UpdateOptions } from "../../../lib/index.ts";
import { countsByComponent, type Counts } from "../../counts.ts";
import { createTestEnvironment, type CaughtFailure } from "../../test-environment.ts";

/** The outcome of one run of one app. */
export interface AppOutcome {
  readonly counts: Readonly<Record<string, Counts>>;
  readonly caught: readonly CaughtFailure[];
}

/** Opens a store as another process would: with an environment of its own, in which the apps of `mains` are defined. */
export async function inProcess<T>(
  dbPath: string,
  mains: Readonly<Record<string, () => unknown>>,
  body: (run: ProcessRuns) => Promise<T>,
): Promise<T> {
  await using test = await createTestEnvironment({ dbPath });
  const apps = new Map(
    Object.entries(mains).map(([name, main]) => {
      return [
        name,
        new App(
          { name, environment: test.environment },
          fn({ name: "main" }, async () => void (await main())),
        ),
      ];
    }),
  );
  return await body({
    async update(name, options) {
      const first = test.caught.length;
      const handle = apps.get(name)!.update(options);
      await handle;
      const { main: _main, ...counts } = countsByComponent(handle.stats());
      return { counts, caught: test.caught.slice(first) };
    },
    drop: (name) => apps.get(name)!.drop().result(),
    app: (name) => apps.get(name)!,
  });
}

/** The apps of one process. */
export interface ProcessRuns {
  update(name: string, options?: UpdateOptions): Promise<AppOutcome>;
  drop(name: string): Promise<void>;
  app(name: string): App<readonly never[], Promise<void>>;
}

/** Updates one app in a process of its own. */
export function updateAlone(dbPath: string, name: string, main: () => unknown): Promise<AppOutcome> {
  return inProcess(dbPath, { [name]: main }, (run) => run.update(name));
}

/** Drops one app in a process of its own. */
export function dropAlone(dbPath: string, name: string): Promise<void> {
  return inProcess(dbPath, { [name]: () => {} }, (run) => run.drop(name));
}
