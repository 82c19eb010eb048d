import { App, fn, mountEach, statsGroup } from "tidemark";
import { mountDirTarget, walkDir, type DirTarget, type File } from "tidemark/localfs";
import { splitCode } from "./code.ts";
import { renderMarkdown } from "./markdown.ts";
import { CODE, DATABASE, DOCS, PAGES } from "./places.ts";
import { readText } from "./read-text.ts";
import { declareSections, mountSearchTable, type SearchTable } from "./search-table.ts";
import { NOT_INDEXED } from "./section.ts";

// What was built from files that are indexed anyway, and what this example makes itself.
const GENERATED = ["coverage", "dist", "output"];

/** One Markdown file: a page, and a row for each section. Runs again only when the file, or the code that it goes through, changes. */
const processDoc = fn({ memo: true }, async function processDoc(file: File, pages: DirTarget, table: SearchTable) {
  const text = await readText(file);
  if (text === undefined) return declareSections(table, file.path, [NOT_INDEXED]);
  const { html, sections } = renderMarkdown(text);
  pages.declareFile(file.path.replace(/\.md$/, ".html"), html);
  declareSections(table, file.path, sections);
});

/** One TypeScript file: a row for each declaration. */
const processCode = fn({ memo: true }, async function processCode(file: File, table: SearchTable) {
  const text = await readText(file);
  declareSections(table, file.path, text === undefined ? [NOT_INDEXED] : splitCode(text));
});

/** Says what should exist; Tidemark finds out what is missing, out of date or left over, and with `--live` goes on doing so. */
const main = fn(async function main() {
  const pages = await mountDirTarget(PAGES);
  const table = await mountSearchTable(DATABASE);
  await statsGroup("Indexing docs", { reportToStdout: true }, async () => {
    const docs = walkDir(DOCS, { include: "**/*.md", exclude: GENERATED, live: true });
    await mountEach(processDoc, docs.items(), pages, table);
  });
  await statsGroup("Indexing code", { reportToStdout: true }, async () => {
    const code = walkDir(CODE, { include: "**/*.{ts,mts,cts}", exclude: GENERATED, live: true });
    await mountEach(processCode, code.items(), table);
  });
});

export const app = new App("docs-search", main);
