import { join } from "node:path";

/** The tree of which the Markdown is indexed. */
export const DOCS: string = process.env["DOCS_SEARCH_DOCS"] ?? ".";

/** The tree of which the TypeScript is indexed. */
export const CODE: string = process.env["DOCS_SEARCH_CODE"] ?? ".";

const OUT = process.env["DOCS_SEARCH_OUT"] ?? "output/docs-search";

/** The folder of the HTML pages. */
export const PAGES: string = join(OUT, "pages");

/** The file of the search database. */
export const DATABASE: string = join(OUT, "search.db");
