import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { Findings } from "./findings.ts";
import { markFreePages } from "./free-list.ts";
import { BYTEWISE, INTEGERS } from "./key-order.ts";
import type { MetaPage } from "./meta-page.ts";
import { PageFile } from "./page-file.ts";
import type { PageFinding } from "./page-finding.ts";
import { PageUsage } from "./page-usage.ts";
import type { RowCheck } from "./row-check.ts";
import { RowSurvey } from "./row-survey.ts";
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

/** The result of {@link surveyPages}. */
export interface PageSurvey {
  readonly findings: readonly PageFinding[];
  /** The sum of all rows, with which a store that has none yet can begin; 0 without data. */
  readonly rowSum: number;
}

/**
 * Checks all pages of the `data.mdb` of a store, which nothing may write to meanwhile, and returns the damaged places; none for a file that is
 * intact, empty or absent. The event loop is free every few milliseconds.
 */
export async function checkPages(file: string, options: CheckPagesOptions): Promise<readonly PageFinding[]> {
  return (await surveyPages(file, options)).findings;
}

/** Checks all pages as {@link checkPages} does. */
export async function surveyPages(file: string, options: CheckPagesOptions): Promise<PageSurvey> {
  const findings = new Findings(options.maxFindings ?? 100);
  const rows = new RowSurvey(findings, options.maxKeyBytes, options.checkRow);
  await using data = await openIfExists(file);
  const size = data === undefined ? 0 : (await data.stat()).size;
  if (data !== undefined && size > 0) {
    const snapshot = readSnapshot((bytes, position) => readSync(data.fd, bytes, 0, bytes.length, position), findings);
    if (snapshot !== undefined) {
      const pages = new PageFile(data, size, snapshot.pageSize);
      await checkSnapshot(pages, snapshot, findings, rows, options.maxKeyBytes);
    }
  }
  return { findings: findings.list, rowSum: rows.sum };
}

async function checkSnapshot(
  file: PageFile,
  snapshot: MetaPage,
  findings: Findings,
  rows: RowSurvey,
  maxKeyBytes: number,
): Promise<void> {
  const usage = new PageUsage(file.numPages, snapshot.lastPage, findings);
  const context = { file, usage, findings };
  await new TreeCheck(context, {
    name: "the tree of the rows",
    record: snapshot.main,
    keys: { order: BYTEWISE, minBytes: 1, maxBytes: maxKeyBytes + 1 },
    visitEntry: (key, row, page, txnId) => rows.visit(key, row, page, txnId),
  }).run(snapshot);
  await new TreeCheck(context, {
    name: "the tree of the free pages",
    record: snapshot.free,
    keys: { order: INTEGERS, minBytes: 8, maxBytes: 8 },
    visitEntry: (_key, value, page) => markFreePages(value, page, usage, findings),
  }).run(snapshot);
  if (findings.list.length > 0) return;
  rows.compareSum(snapshot.txnId);
  const numOutside = Math.max(0, snapshot.lastPage + 1 - file.numPages);
  if (usage.numFreeOutside === numOutside) return;
  findings.add(
    "cut",
    undefined,
    `the file has ${file.numPages} pages, its last one is recorded as ${snapshot.lastPage}`,
  );
}

async function openIfExists(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
