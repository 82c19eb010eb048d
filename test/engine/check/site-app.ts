import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stateOf } from "../../../lib/app/environment.ts";
import { mountDirTarget, type DirTarget } from "../../../lib/connectors/localfs/index.ts";
import type { AppRows } from "../../../lib/engine/records/app-rows.ts";
import { App, Environment, fn, mount, mountEach } from "../../../lib/index.ts";
import type { StateStore } from "../../../lib/state/store.ts";
import { createTempFolder } from "../../temp-folder.ts";

/** A site of some pages: a component for each, with a component below it and a memoized call, which declare a file each. */
export interface Site extends AsyncDisposable {
  readonly folder: string;
  readonly environment: Environment;
  readonly app: App<[], Promise<void>>;
  /** The pages of the next update. */
  pages: string[];
  /** The number of executions of the component of each page so far. */
  readonly executions: Map<string, number>;
  /** The written files with their contents. */
  files(): Record<string, string>;
  open(): Promise<{ readonly store: StateStore; readonly rows: AppRows }>;
}

const PAGES: readonly string[] = ["a", "b", "c"];

/** Creates a site in a folder of its own, and runs it once. `isOutside` has its output outside of the project's folder. */
export async function createSite({ isOutside = false } = {}): Promise<Site> {
  const name = "site";
  const temp = await createTempFolder({ isInMemory: true });
  const executions = new Map<string, number>();
  const inner = fn({ memo: true, name: "inner" }, async (page: string, out: DirTarget) => {
    out.declareFile(`${page}/inner.txt`, `inner of ${page}`);
  });
  const upper = fn({ memo: true, name: "upper" }, (page: string, out: DirTarget) => {
    out.declareFile(`${page}/upper.txt`, page.toUpperCase());
    return page.toUpperCase();
  });
  const publish = fn({ memo: true, name: "publish" }, async (page: string, out: DirTarget) => {
    executions.set(page, (executions.get(page) ?? 0) + 1);
    out.declareFile(`${page}.txt`, upper(page, out));
    await mount("inner", inner, page, out);
  });
  const root = join(temp.path, "project");
  mkdirSync(root);
  const environment = new Environment({
    dbPath: join(temp.path, ".tidemark"),
    ...(isOutside ? { root } : {}),
    onException: (error) => {
      throw error;
    },
  });
  const out = join(temp.path, "out");
  const site: Site = {
    folder: temp.path,
    environment,
    pages: [...PAGES],
    executions,
    app: new App({ name, environment }, async function main() {
      const target = await mountDirTarget(out);
      await mountEach(
        publish,
        site.pages.map((page) => [page, page] as const),
        target,
      );
    }),
    files: () => filesOf(out),
    async open() {
      const store = await stateOf(environment).store();
      return { store, rows: await stateOf(environment).createRows(name) };
    },
    async [Symbol.asyncDispose]() {
      await environment.close();
      await temp[Symbol.asyncDispose]();
    },
  };
  await site.app.update();
  return site;
}

function filesOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
