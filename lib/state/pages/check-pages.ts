import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { Findings } from "./findings.ts";
import { markFreePages } from "./free-list.ts";
import { BYTEWISE, INTEGERS } from "./key-order.ts";
import type { MetaPage } from "./meta-page.ts";
import type { VisitEntry } from "./overflow-values.ts";
import { PageFile } from "./page-file.ts";
import type { PageFinding } from "./page-finding.ts";
import { PageUsage } from "./page-usage.ts";
import type { RowCheck } from "./row-check.ts";
import { readSnapshot } from "./snapshot.ts";
import { TreeCheck } from "./tree-check.ts";

/** Options of {@link checkPages}. */
export interface CheckPagesOptions {
  /** The longest key of a row. */
  readonly maxKeyBytes: number;
  /** Checks each row of the store. @default rows are not checked */
  readonly checkRow?: RowCheck | undefined;
  /** The number of findings after which the check ends. @default 100 */
  readonly maxFindings?: number;
}

/**
 * Checks all pages of the `data.mdb` of a store, which nothing may write to meanwhile, and returns the damaged places; none for a file that is
 * intact, empty or absent. The event loop is free after each megabyte, which takes about a millisecond.
 */
export async function checkPages(file: string, options: CheckPagesOptions): Promise<readonly PageFinding[]> {
  const findings = new Findings(options.maxFindings ?? 100);
  await using data = await openIfExists(file);
  const size = data === undefined ? 0 : (await data.stat()).size;
  if (data === undefined || size === 0) return findings.list;
  const snapshot = readSnapshot((bytes, position) => readSync(data.fd, bytes, 0, bytes.length, position), findings);
  if (snapshot === undefined) return findings.list;
  await checkSnapshot(new PageFile(data, size, snapshot.pageSize), snapshot, findings, options);
  return findings.list;
}

async function checkSnapshot(
  file: PageFile,
  snapshot: MetaPage,
  findings: Findings,
  { checkRow, maxKeyBytes }: CheckPagesOptions,
): Promise<void> {
  const usage = new PageUsage(file.numPages, snapshot.lastPage, findings);
  const context = { file, usage, findings };
  await new TreeCheck(context, {
    name: "the tree of the rows",
    record: snapshot.main,
    keys: { order: BYTEWISE, minBytes: 1, maxBytes: maxKeyBytes },
    visitEntry: checkRow === undefined ? () => {} : rowVisit(checkRow, findings),
  }).run(snapshot);
  await new TreeCheck(context, {
    name: "the tree of the free pages",
    record: snapshot.free,
    keys: { order: INTEGERS, minBytes: 8, maxBytes: 8 },
    visitEntry: (_key, value, page) => markFreePages(value, page, usage, findings),
  }).run(snapshot);
  const numOutside = Math.max(0, snapshot.lastPage + 1 - file.numPages);
  if (findings.list.length > 0 || usage.numFreeOutside === numOutside) return;
  findings.add(
    "cut",
    undefined,
    `the file has ${file.numPages} pages, its last one is recorded as ${snapshot.lastPage}`,
  );
}

function rowVisit(checkRow: RowCheck, findings: Findings): VisitEntry {
  return (key, row, page) => {
    const code = checkRow(key, row);
    if (code !== undefined) findings.add("row", page, "the checksum of a row is wrong", code);
  };
}

async function openIfExists(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
