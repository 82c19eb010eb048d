import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { UpdateSnapshot } from "../../../lib/index.ts";
import { countsOf, type Counts } from "../../counts.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { FollowingRun } from "../following-run.ts";
import { runProgram, startNpm, type ProgramOutcome } from "../run-program.ts";

const APP = "examples/docs-search/app.ts";

/** What a run of the example counted in each of its groups. */
export interface Indexed {
  readonly code: number | null;
  readonly stderr: string;
  readonly docs: Counts;
  readonly codeFiles: Counts;
}

/** The example on a small tree of its own; `await using` removes it. */
export class DocsSearchTree implements AsyncDisposable {
  readonly #folder: Awaited<ReturnType<typeof createTempFolder>>;

  private constructor(folder: Awaited<ReturnType<typeof createTempFolder>>) {
    this.#folder = folder;
  }

  static async create(files: Readonly<Record<string, string | Uint8Array>>): Promise<DocsSearchTree> {
    const tree = new DocsSearchTree(await createTempFolder());
    for (const [path, content] of Object.entries(files)) await tree.write(path, content);
    return tree;
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    const location = join(this.#folder.path, path);
    await mkdir(dirname(location), { recursive: true });
    await rm(location, { force: true });
    await writeFile(location, content);
  }

  delete(path: string): Promise<void> {
    return rm(join(this.#folder.path, path));
  }

  /** Replaces a file by one that opens and cannot be read, not even by root. */
  async break(path: string): Promise<void> {
    await this.delete(path);
    await symlink("/proc/self/mem", join(this.#folder.path, path));
  }

  /** Runs the example, and gives the counts of its groups. */
  async index(): Promise<Indexed> {
    const { code, stdout, stderr } = await this.#run("dist/cli/main.js", ["update", APP, "--json"]);
    const lines = stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as UpdateSnapshot & { readonly group: string | null });
    const finals = lines.filter((line) => line.final);
    const counts = (group: string): Counts => countsOf(finals.find((line) => line.group === group)?.stats.total);
    return { code, stderr, docs: counts("Indexing docs"), codeFiles: counts("Indexing code") };
  }

  /** Runs the example live by `npm start`, until it is stopped. */
  follow(): FollowingRun {
    return new FollowingRun(startNpm(["start", "--silent", "--", "--live", "--json"], this.#environment));
  }

  /** Drops the app: reverts all that it has made. */
  drop(): Promise<ProgramOutcome> {
    return this.#run("dist/cli/main.js", ["drop", APP, "-f"]);
  }

  search(...words: readonly string[]): Promise<ProgramOutcome> {
    return this.#run("examples/docs-search/search.ts", words);
  }

  nextSteps(): Promise<ProgramOutcome> {
    return this.#run("examples/docs-search/next-steps.ts", []);
  }

  /** The paths of the pages, sorted. */
  async pages(): Promise<readonly string[]> {
    const names = await readdir(join(this.#folder.path, "out/pages"), { recursive: true });
    return names.filter((name) => name.endsWith(".html")).toSorted();
  }

  page(path: string): Promise<string> {
    return readFile(join(this.#folder.path, "out/pages", path), "utf8");
  }

  /** The rows of the search database as "path:line title", sorted. */
  rows(): readonly string[] {
    using db = new DatabaseSync(join(this.#folder.path, "out/search.db"));
    const rows = db.prepare("SELECT path, line, title FROM sections").all();
    return rows.map(({ path, line, title }) => `${String(path)}:${String(line)} ${String(title)}`.trim()).toSorted();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#folder[Symbol.asyncDispose]();
  }

  #run(file: string, args: readonly string[]): Promise<ProgramOutcome> {
    return runProgram(file, args, this.#environment);
  }

  get #environment(): Readonly<Record<string, string>> {
    const { path } = this.#folder;
    return {
      DOCS_SEARCH_DOCS: join(path, "docs"),
      DOCS_SEARCH_CODE: join(path, "code"),
      DOCS_SEARCH_OUT: join(path, "out"),
      TIDEMARK_DB: join(path, "state"),
    };
  }
}
