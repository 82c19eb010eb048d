import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../examples/run-program.ts";

/** A page of the documentation. */
export interface Page {
  /** Relative to the checkout. */
  readonly path: string;
  readonly text: string;
}

/** README.md and the pages in docs. */
export async function readPages(): Promise<readonly Page[]> {
  const names = await readdir(join(ROOT, "docs"));
  const paths = ["README.md", ...names.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), "utf8") })));
}

/** The blocks of TypeScript in a page. */
export function codeOf(page: Page): readonly string[] {
  return [...page.text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
}
