import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { DataFile } from "../../lib/state/data-file.ts";

/**
 * Cuts the data of a store short in the moment between its first failed commit and the recovery: the recovery asks first whether the data are
 * whole. Returns a function that gives the data as they were before the cut.
 */
export function cutAfterFailure(folder: string): () => Buffer {
  const data = join(folder, "data.mdb");
  const isInPlace: (this: DataFile) => boolean = Reflect.get(DataFile.prototype, "isInPlace");
  let whole: Buffer | undefined;
  DataFile.prototype.isInPlace = function (this: DataFile) {
    if (whole === undefined) {
      whole = readFileSync(data);
      truncateSync(data, 8192);
    }
    return isInPlace.call(this);
  };
  return () => {
    if (whole === undefined) throw new Error("No commit has failed");
    return whole;
  };
}
