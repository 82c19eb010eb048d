import { TidemarkError, type TidemarkErrorCode } from "../../../errors.ts";
import { reservedFolders } from "../../../places/reserved-folders.ts";

/** A use of a path. */
export interface PathUse {
  /** The words for it, such as "walk docs". */
  readonly act: string;
  /** The code of its failure. */
  readonly code: TidemarkErrorCode;
  /** @default "choose another folder, or move the store" */
  readonly remedy?: string;
}

/** Throws if a path is, or is in, the folder of a store that is open in this process; the path need not exist. */
export function requireNoStore(path: string, use: PathUse): void {
  const { act, code, remedy = "choose another folder, or move the store" } = use;
  const store = reservedFolders.findAround(path);
  if (store === undefined) return;
  const message = `Cannot ${act}: ${store} is the folder of an open store, which nothing else may use; ${remedy}`;
  throw new TidemarkError(code, message, { facts: { path, store } });
}
