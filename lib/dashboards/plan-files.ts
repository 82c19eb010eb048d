import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { linkRunbooks } from "./runbook-links.ts";
import { SHIPPED_FILES } from "./shipped-files.ts";

/** A file to be written, and how it compares with what is in the folder now. */
export interface PlannedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly content: string;
  readonly state: "absent" | "same" | "different";
}

const PACKAGE_ROOT = new URL("../../", import.meta.url);

/**
 * Compares the files of a monitoring set-up with what is in `folder`, which need not be there. Alerts lead to the runbooks at
 * `runbooksUrl`, if it is given.
 */
export async function planFiles(folder: string, runbooksUrl?: string): Promise<readonly PlannedFile[]> {
  return Promise.all(
    SHIPPED_FILES.map(async ({ source, path }) => {
      const shipped = await readFile(new URL(source, PACKAGE_ROOT), "utf8");
      const content = runbooksUrl === undefined ? shipped : linkRunbooks(shipped, runbooksUrl);
      return { path, content, state: compare(content, await readIfPresent(join(folder, path))) };
    }),
  );
}

/** Writes those of `files` that are absent or different. */
export async function writeFiles(folder: string, files: readonly PlannedFile[]): Promise<void> {
  for (const { path, content, state } of files) {
    if (state === "same") continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

function compare(wanted: string, present: string | undefined): PlannedFile["state"] {
  if (present === undefined) return "absent";
  return present === wanted ? "same" : "different";
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
