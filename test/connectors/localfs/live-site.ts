import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  mountDirTarget,
  walkDir,
  type DirTarget,
  type File,
  type WalkDirOptions,
} from "../../../lib/connectors/localfs/index.ts";
import { App, Environment, fn, mountEach, type UpdateHandle, type UpdateSnapshot } from "../../../lib/index.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { until } from "../../until.ts";

const render = fn({ memo: true }, async function render(file: File, out: DirTarget) {
  out.declareFile(`${file.path}.html`, `<p>${await file.text()}</p>`);
});

const site = fn(async function site(docs: string, dir: string, options: WalkDirOptions) {
  const out = await mountDirTarget(dir);
  await mountEach(render, walkDir(docs, { ...options, live: true }).items(), out);
});

/** A folder `docs` that a live run makes a site of, until it is disposed. */
export class LiveSite implements AsyncDisposable {
  readonly docs: string;
  readonly handle: UpdateHandle<void>;
  readonly #folder: Awaited<ReturnType<typeof createTempFolder>>;
  readonly #environment: Environment;
  readonly #options: WalkDirOptions;
  #latest: UpdateSnapshot<void> | undefined;
  #onNews: (() => void) | undefined;

  private constructor(folder: Awaited<ReturnType<typeof createTempFolder>>, options: WalkDirOptions) {
    this.#folder = folder;
    this.#options = options;
    this.docs = join(folder.path, "docs");
    this.#environment = this.#createEnvironment("state");
    this.handle = this.#createApp(this.#environment, "site").update({ live: true });
  }

  /** Opens a site; `plant` is called with the folder before the run begins. */
  static async open(plant: (docs: string) => void = () => {}, options: WalkDirOptions = {}): Promise<LiveSite> {
    const opened = new LiveSite(await createTempFolder(), options);
    mkdirSync(opened.docs);
    plant(opened.docs);
    void opened.#follow();
    return opened;
  }

  /** Somewhere that is not in the docs. */
  beside(path: string): string {
    return join(this.#folder.path, path);
  }

  /** The site: paths with contents. */
  get pages(): Readonly<Record<string, string>> {
    return filesIn(this.beside("site"));
  }

  get latest(): UpdateSnapshot<void> | undefined {
    return this.#latest;
  }

  /** Waits until the site is what a run from nothing makes of the docs now, and the run says that it has caught up. */
  async caughtUp(): Promise<void> {
    const wanted = await this.#freshPages();
    await this.until(() => this.#latest?.status === "ready" && isEqual(this.pages, wanted), { wanted });
  }

  /** Waits for a condition, which is checked whenever the run has news; `facts` explain a test that waits in vain. */
  async until(isTrue: () => boolean, facts: object = {}): Promise<void> {
    await until(isTrue, {
      next: () => new Promise<void>((resolve) => (this.#onNews = resolve)),
      explain: () => ({ ...facts, pages: this.pages, latest: this.#latest }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.stop();
    await this.#environment.close();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #follow(): Promise<void> {
    for await (const snapshot of this.handle.watch()) {
      this.#latest = snapshot;
      this.#onNews?.();
    }
  }

  async #freshPages(): Promise<Readonly<Record<string, string>>> {
    for (const name of ["fresh-state", "fresh"]) rmSync(this.beside(name), { recursive: true, force: true });
    await using environment = this.#createEnvironment("fresh-state");
    await this.#createApp(environment, "fresh").update();
    return filesIn(this.beside("fresh"));
  }

  #createApp(environment: Environment, dir: string): App<[string, string, WalkDirOptions], void> {
    return new App({ name: "site", environment }, site, this.docs, this.beside(dir), this.#options);
  }

  #createEnvironment(state: string): Environment {
    return new Environment({ dbPath: this.beside(state), onException: () => {} });
  }
}

function filesIn(root: string): Readonly<Record<string, string>> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, "utf8")]));
}

function isEqual(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const paths = Object.keys(one);
  return paths.length === Object.keys(other).length && paths.every((path) => one[path] === other[path]);
}
