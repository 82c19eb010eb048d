import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateOf } from "../../../lib/app/environment.ts";
import { type DirTarget, type File, mountDirTarget, walkDir } from "../../../lib/connectors/localfs/index.ts";
import { mountTableTarget, type TableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { App, Environment, fn, mountEach, statsGroup, TidemarkError } from "../../../lib/index.ts";
import { loadSqlite } from "../../../lib/state/load-sqlite.ts";

interface Row {
  readonly path: string;
  readonly title: string;
}

/** The pages of a project, by their names: the texts that the pipeline is to show. */
export type Pages = ReadonlyMap<string, string>;

/** The end of an update. */
export interface UpdateOutcome {
  /** A digest of all rows of the store as it was opened. */
  readonly rows: string;
  readonly counts: string;
  /** The codes of the errors of the update and of its components; other errors are given in full. */
  readonly errors: readonly string[];
}

/** The folder of the store of a project. */
export function storeFolder(root: string): string {
  return join(root, "state");
}

/** Called before each page that is processed. */
export const processing: { beforePage: () => void } = { beforePage: () => {} };

/** The pages after some rounds of edits, which change, remove and add pages. */
export function pagesAfter(numEdits: number): Pages {
  const pages = new Map<string, string>();
  for (let number = 0; number < 60; number++) pages.set(`page-${number}.md`, textOf(number, 0));
  for (let edit = 1; edit <= numEdits; edit++) {
    for (let number = edit; number < 60; number += 7) pages.set(`page-${number}.md`, textOf(number, edit));
    for (let number = edit * 3; number < 60; number += 17) pages.delete(`page-${number}.md`);
    pages.set(`added-${edit}.md`, textOf(edit, edit));
  }
  return pages;
}

/** Makes the source files of a project those of `pages`. */
export function writePages(root: string, pages: Pages): void {
  mkdirSync(join(root, "docs"), { recursive: true });
  for (const name of readdirSync(join(root, "docs"))) if (!pages.has(name)) rmSync(join(root, "docs", name));
  for (const [name, text] of pages) {
    const path = join(root, "docs", name);
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
}

/** The outputs of a project; what they are to be for `pages` is {@link outputsFor}. */
export function readOutputs(root: string): ReadonlyMap<string, string> {
  const folder = join(root, "site");
  const outputs = new Map<string, string>();
  for (const name of existsSync(folder) ? readdirSync(folder).toSorted() : []) {
    outputs.set(name, readFileSync(join(folder, name), "utf8"));
  }
  for (const { path, title } of readRows(join(root, "pages.db"))) outputs.set(`row ${path}`, title);
  return outputs;
}

/** The outputs that a project with `pages` is to have after an update. */
export function outputsFor(pages: Pages): ReadonlyMap<string, string> {
  const names = [...pages.keys()].toSorted();
  const files = names.map((name) => [
    `${name}.html`,
    `<p>${summaryOf(pages.get(name)!).length} ${pages.get(name)!}</p>`,
  ]);
  return new Map([...files, ...names.map((name) => [`row ${name}`, pages.get(name)!.slice(0, 20)])] as [
    string,
    string,
  ][]);
}

/** Updates a project, after it has read all rows of its store. */
export async function updateProject(root: string): Promise<UpdateOutcome> {
  const errors: string[] = [];
  const note = (error: unknown) => {
    errors.push(error instanceof TidemarkError ? error.code : String((error as Error).stack));
  };
  let rows = "";
  let counts = "";
  const environment = new Environment({ dbPath: storeFolder(root), onException: note });
  try {
    rows = await digestRows(environment);
    const handle = new App({ name: "pages", environment }, main, root).update();
    await handle;
    counts = JSON.stringify(handle.stats()?.total);
  } catch (error) {
    note(error);
  }
  try {
    await environment.close();
  } catch (error) {
    note(error);
  }
  return { rows, counts, errors };
}

async function digestRows(environment: Environment): Promise<string> {
  const store = await stateOf(environment).store();
  const digest = createHash("sha256");
  for (const { key, value } of store.range(Uint8Array.of(0), Uint8Array.of(255))) {
    digest.update(`${key.length} ${value.length} `).update(key).update(value);
  }
  return digest.digest("hex");
}

const summarize = fn({ memo: true }, async function summarize(text: string) {
  return summaryOf(text);
});

const page = fn({ memo: true }, async function page(file: File, site: DirTarget, table: TableTarget<Row>) {
  processing.beforePage();
  const text = await file.text();
  const summary = await summarize(text);
  site.declareFile(`${file.path}.html`, `<p>${summary.length} ${text}</p>`);
  table.declareRow({ path: file.path, title: text.slice(0, 20) });
});

const main = fn(async function main(root: string) {
  const site = await mountDirTarget(join(root, "site"));
  const table = await mountTableTarget(join(root, "pages.db"), {
    table: "pages",
    columns: { path: "text", title: "text" },
    primaryKey: "path",
  });
  await statsGroup("Pages", async () => {
    await mountEach(page, walkDir(join(root, "docs")).items(), site, table as TableTarget<Row>);
  });
});

/** Some are so long that their rows are on pages of their own. */
function summaryOf(text: string): string {
  return text.repeat(text.length % 5 === 0 ? 200 : 2);
}

function textOf(number: number, edit: number): string {
  return `The text ${number}.${edit} ${"word ".repeat(number % 9)}`;
}

function readRows(path: string): readonly Row[] {
  if (!existsSync(path)) return [];
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path);
  try {
    return database.prepare("SELECT path, title FROM pages ORDER BY path").all() as unknown as Row[];
  } catch {
    // The table is yet to be made.
    return [];
  } finally {
    database.close();
  }
}
