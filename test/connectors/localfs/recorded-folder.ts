import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applyContext } from "../../apply-context.ts";
import { fileHandler, type FileAction } from "../../../lib/connectors/localfs/file-handler.ts";
import { createTempFolder } from "../../temp-folder.ts";

/** Files by path; `undefined` for one that is not declared any more. */
export type Declared = Readonly<Record<string, string | Uint8Array | undefined>>;

/** A folder with the records that the engine keeps of it: what may be outside under each path. */
export class RecordedFolder {
  readonly records = new Map<string, readonly (string | null)[]>();
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Applies one batch, for which the paths in `leftOvers` are on record and nobody's. */
  async apply(
    declared: Declared,
    options: { leftOvers?: readonly string[]; crash?: "before" | "after" } = {},
  ): Promise<void> {
    const handler = fileHandler(this.#root, (key) => options.leftOvers?.includes(key) ?? false);
    const actions: FileAction[] = [];
    const after = new Map<string, string | undefined>();
    for (const [key, content] of Object.entries(declared)) {
      const known = this.records.get(key) ?? [];
      const decision = handler.reconcile({
        key,
        desired: typeof content === "string" ? new TextEncoder().encode(content) : content,
        previous: known.filter((hash) => hash !== null),
        mayBeMissing: known.length === 0 || known.includes(null),
        root: "/",
      });
      if (decision === undefined) continue;
      actions.push(decision.action);
      after.set(key, decision.tracking);
      const possible = known.length === 0 ? [null, decision.tracking ?? null] : [...known, decision.tracking ?? null];
      this.records.set(key, [...new Set(possible)]);
    }
    if (options.crash !== "before") await handler.apply(actions, applyContext);
    if (options.crash !== undefined) return;
    for (const [key, hash] of after) {
      if (hash === undefined) this.records.delete(key);
      else this.records.set(key, [hash]);
    }
  }
}

/** Everything below a folder: paths with contents, folders with a "/" at the end. */
export function contentOf(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    return entry.isDirectory() ? [`${name}/`, ""] : [name, existsSync(path) ? readFileSync(path, "utf8") : "dangling"];
  });
  return Object.fromEntries(entries);
}

/** A folder `site` with its records, and the folder around it. */
export async function createRecordedFolder() {
  const temp = await createTempFolder();
  const root = join(temp.path, "site");
  mkdirSync(root);
  return {
    outside: temp.path,
    root,
    folder: new RecordedFolder(root),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}
