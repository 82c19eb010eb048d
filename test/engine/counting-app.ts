import { App, type Environment, type UpdateOptions } from "../../lib/index.ts";
import { countsByComponent, type Counts } from "../counts.ts";

/** An app whose main function is given anew for each run. */
export interface CountingApp {
  /** Updates it with `body` as its main function; gives what the run's own report counted, the main function left out. */
  update(body: () => unknown, options?: UpdateOptions): Promise<Record<string, Counts>>;
  /** The app with `body` as its main function, whose component is called `main`. */
  withMain(body: () => unknown): App<never[]>;
}

/** Makes a {@link CountingApp} in the environment that `host` has at each update. */
export function createCountingApp(host: { readonly environment: Environment }): CountingApp {
  const withMain = (body: () => unknown): App<never[]> =>
    new App({ name: "counted", environment: host.environment }, async function main() {
      await body();
    });
  return {
    withMain,
    async update(body, options) {
      const handle = withMain(body).update(options);
      await handle;
      const { main: _main, ...others } = countsByComponent(handle.stats());
      return others;
    },
  };
}
