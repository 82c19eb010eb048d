import { statSync } from "node:fs";
import { TidemarkError } from "../../errors.ts";
import { reservedFolders } from "../../places/reserved-folders.ts";
import { shownValue } from "./shown-value.ts";

/**
 * Throws TidemarkError `DATABASE_UNAVAILABLE` for a file, which need not exist, in the folder of a store that is open in this process,
 * and for another name of a file that such a store holds open.
 */
export function requireNoStoreFile(location: string): void {
  const store = reservedFolders.findAround(location);
  if (store === undefined && !isHeld(location)) return;
  const where = store === undefined ? "it is a file of an open store" : `${store} is the folder of an open store`;
  throw new TidemarkError(
    "DATABASE_UNAVAILABLE",
    `Cannot use the database ${shownValue(location)}: ${where}, which nothing else may use; choose another path`,
    { facts: { location, store } },
  );
}

function isHeld(location: string): boolean {
  const stats = statSync(location, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && reservedFolders.holds(stats);
}
