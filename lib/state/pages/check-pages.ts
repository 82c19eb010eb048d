import { type FileHandle, open } from "node:fs/promises";
import { Findings } from "./findings.ts";
import type { PageFinding } from "./page-finding.ts";
import type { RowCheck } from "./row-check.ts";
import { readSnapshot } from "./snapshot.ts";

/** Options of {@link checkPages}. */
export interface CheckPagesOptions {
  /** Checks each row of the store. @default rows are not checked */
  readonly checkRow?: RowCheck;
  /** The number of findings after which the check ends. @default 100 */
  readonly maxFindings?: number;
}

/**
 * Checks all pages of the `data.mdb` of a store, which nothing may write to meanwhile, and returns the damaged places; none for a file that is
 * intact, empty or absent.
 */
export async function checkPages(file: string, options: CheckPagesOptions = {}): Promise<readonly PageFinding[]> {
  const { maxFindings = 100 } = options;
  const findings = new Findings(maxFindings);
  await using data = await openIfExists(file);
  if (data === undefined || (await data.stat()).size === 0) return findings.list;
  await readSnapshot(data, findings);
  return findings.list;
}

async function openIfExists(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
