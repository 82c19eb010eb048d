import { join } from "node:path";
import { TidemarkError } from "../errors.ts";
import { formatCloseNote, readCloseNote } from "./close-note.ts";
import { checkPages } from "./pages/check-pages.ts";
import { readFileState } from "./pages/file-state.ts";
import type { PageFinding } from "./pages/page-finding.ts";
import type { RowCheck } from "./pages/row-check.ts";
import { DATA_FILE, RESTORE_REMEDY } from "./store-format.ts";
import { MAX_KEY_BYTES } from "./store.ts";

const REMEDY = `${RESTORE_REMEDY}; \`tidemark doctor\` lists the damage`;

/**
 * Makes sure that the data in a locked folder, if there are any, are intact before lmdb maps them: it follows damaged pages out of the file, which
 * ends the process. All pages are checked unless the data are as the last close left them.
 *
 * @returns whether there are data
 * @throws {@link TidemarkError} `STORE_CORRUPT` for damage; `STORE_TOO_NEW` for a row of a later format.
 */
export async function checkData(folder: string, checkRow: RowCheck | undefined): Promise<boolean> {
  const file = join(folder, DATA_FILE);
  const note = readCloseNote(folder);
  const state = readFileState(file);
  if (state === undefined || state.sizeBytes === 0) {
    if (note === undefined) return false;
    throw corruptDataError(folder, state === undefined ? "is missing" : "is empty");
  }
  const findings = [...state.findings];
  if (findings.length === 0 && (!state.isWhole || note !== formatCloseNote(state))) {
    findings.push(...(await checkPages(file, { maxKeyBytes: MAX_KEY_BYTES, checkRow, maxFindings: 1 })));
  }
  const [finding] = findings;
  if (finding !== undefined) throw findingError(folder, finding);
  return true;
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
