import { join } from "node:path";
import { TidemarkError } from "../errors.ts";
import { formatCloseNote, readCloseNote } from "./close-note.ts";
import { surveyPages } from "./pages/check-pages.ts";
import { readFileState } from "./pages/file-state.ts";
import type { PageFinding } from "./pages/page-finding.ts";
import type { RowCheck } from "./pages/row-check.ts";
import { DATA_FILE, RESTORE_REMEDY } from "./store-format.ts";
import { MAX_KEY_BYTES } from "./store.ts";

const REMEDY = `${RESTORE_REMEDY}; \`tidemark doctor\` lists the damage`;

/** The data in a folder, which are intact. */
export interface CheckedData {
  /** Whether there are any. */
  readonly exist: boolean;
  /** The sum of the rows; `undefined` when they were not read. */
  readonly rowSum: number | undefined;
  /** The last transaction. */
  readonly txnId: number | undefined;
  /** Whether the pages were checked without the content of the rows. */
  readonly areRowsUnchecked: boolean;
}

/**
 * Makes sure that the data in a locked folder, if there are any, are intact before lmdb maps them: it follows damaged pages out of the file, which
 * ends the process. All pages are checked unless the data are as the last close left them.
 *
 * @throws {@link TidemarkError} `STORE_CORRUPT` for damage; `STORE_TOO_NEW` for a row of a later format.
 */
export async function checkData(folder: string, checkRow: RowCheck | undefined): Promise<CheckedData> {
  const file = join(folder, DATA_FILE);
  const note = readCloseNote(folder);
  const state = readFileState(file);
  if (state === undefined || state.sizeBytes === 0) {
    if (note === undefined) return { exist: false, rowSum: 0, txnId: undefined, areRowsUnchecked: false };
    throw corruptDataError(folder, state === undefined ? "is missing" : "is empty");
  }
  throwFirst(folder, state.findings);
  const { txnId } = state;
  if (state.isWhole && note === formatCloseNote(state)) {
    return { exist: true, rowSum: undefined, txnId, areRowsUnchecked: false };
  }
  const { findings, rowSum } = await surveyPages(file, { maxKeyBytes: MAX_KEY_BYTES, checkRow, maxFindings: 1 });
  throwFirst(folder, findings);
  return { exist: true, rowSum, txnId, areRowsUnchecked: checkRow === undefined };
}

function throwFirst(folder: string, [finding]: readonly PageFinding[]): void {
  if (finding !== undefined) throw findingError(folder, finding);
}

function findingError(folder: string, { code, message, page }: PageFinding): TidemarkError {
  if (code === "STORE_CORRUPT") return corruptDataError(folder, `is damaged (${message})`, page);
  return new TidemarkError(
    code,
    `Cannot open store at ${folder}: a row has a later format (${message}); use a newer Tidemark; if none has opened this store, ${REMEDY}`,
    { facts: { path: folder } },
  );
}

function corruptDataError(folder: string, fault: string, page?: number): TidemarkError {
  return new TidemarkError("STORE_CORRUPT", `Cannot open store at ${folder}: ${DATA_FILE} ${fault}; ${REMEDY}`, {
    facts: { path: folder, ...(page === undefined ? {} : { page }) },
  });
}
