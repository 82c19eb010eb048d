import { TidemarkError } from "../../errors.ts";

/** Reads rows during a scan; `undefined` where a row is damaged, which the scan of its family reports. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TidemarkError && (error.code === "STORE_CORRUPT" || error.code === "STORE_TOO_NEW")) {
      return undefined;
    }
    throw error;
  }
}
