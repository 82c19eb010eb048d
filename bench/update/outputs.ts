import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PAGES_FILE, PAGES_TABLE } from "./pages-table.ts";

/** Where the sides of a comparison put what they make. */
export type Target = "files" | "rows";

/** What is in a folder of outputs: the content of each file, or of each row, under its path. */
export function readOutputs(target: Target, folder: string): Map<string, string> {
  return target === "files" ? readFiles(folder) : readRows(join(folder, PAGES_FILE));
}

/**
 * Compares what several sides have made.
 *
 * @throws Error when one of them differs from the first, or has not made `count` outputs
 */
export function compareOutputs(outputs: Readonly<Record<string, Map<string, string>>>, count: number): void {
  const [[firstName, first] = ["", new Map<string, string>()]] = Object.entries(outputs);
  for (const [name, output] of Object.entries(outputs)) {
    if (output.size !== count) throw new Error(`Cannot compare: ${name} has made ${output.size} outputs, not ${count}`);
    for (const [path, content] of output) {
      if (first.get(path) !== content) throw new Error(`Cannot compare: ${name} and ${firstName} differ in ${path}`);
    }
  }
}

function readFiles(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
}

function readRows(path: string): Map<string, string> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare(`SELECT path, html FROM ${PAGES_TABLE}`).all();
    return new Map(rows.map((row) => [String(row["path"]), String(row["html"])]));
  } finally {
    database.close();
  }
}
