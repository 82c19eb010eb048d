import { mountDirTarget, walkDir, type DirTarget, type File } from "../../lib/connectors/localfs/index.ts";
import { mountTableTarget, type TableTarget } from "../../lib/connectors/sqlite/index.ts";
import { App, fn, mountEach, type Environment } from "../../lib/index.ts";

/** Where {@link createTreeApp} reads, and what it writes. */
export interface TreePlaces {
  readonly source: string;
  readonly folder: string;
  /** The file of the database. */
  readonly database: string;
}

interface Row {
  path: string;
  words: number;
}

/** An app with a component for every file of a folder, which declares files in another one and rows in a table. */
export function createTreeApp(environment: Environment, places: TreePlaces): App<readonly [TreePlaces], Promise<void>> {
  return new App({ name: "tree", environment }, main, places);
}

const main = fn(async function main({ source, folder, database }: TreePlaces): Promise<void> {
  const out = await mountDirTarget(folder);
  const table = await mountTableTarget(database, {
    table: "files",
    columns: { path: "text", words: "integer" },
    primaryKey: "path",
  });
  await mountEach(index, walkDir(source).items(), out, table);
});

const index = fn(
  { memo: true },
  async function index(file: File, out: DirTarget, table: TableTarget<Row>): Promise<void> {
    const text = await file.text();
    out.declareFile(`upper/${file.path}`, text.toUpperCase());
    for (const [line, content] of text.split("\n").entries()) {
      if (content.includes("split")) out.declareFile(`lines/${file.path}/${line}`, content);
    }
    if (!text.startsWith("secret")) table.declareRow({ path: file.path, words: await countWords(text) });
  },
);

const countWords = fn({ memo: true }, async function countWords(text: string): Promise<number> {
  return text.split(/\s+/).length;
});
