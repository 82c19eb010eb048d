import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** A file of the page. */
export interface PageFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** Where the build puts the page, seen from the source as well as from what was built of it. */
const FOLDER = join(import.meta.dirname, "../../dist/serve/page");

/** The files of the live page by their paths, such as `/` and `/assets/index-1a2b.js`: no path leads to any other file. */
export async function readPageFiles(folder: string = FOLDER): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const url = path.slice(folder.length).replaceAll("\\", "/");
    files.set(url === "/index.html" ? "/" : url, { content: new Uint8Array(await readFile(path)), type });
  }
  return files;
}
