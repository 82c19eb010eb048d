import { TidemarkError } from "../../errors.ts";
import { noteDamagedRow } from "../../state/damaged-rows.ts";
import { decodePath, formatPath } from "../../state/stable-key.ts";
import { FAMILY, pathInKey, type Family } from "./row-keys.ts";

const NAMES: Readonly<Record<Family, string>> = {
  [FAMILY.app]: "app",
  [FAMILY.child]: "component",
  [FAMILY.tracking]: "target states of a component",
  [FAMILY.call]: "memoized call",
  [FAMILY.owner]: "owner of a target state",
  [FAMILY.pendingDeletion]: "pending deletion",
  [FAMILY.sequence]: "next id",
  [FAMILY.provider]: "target",
  [FAMILY.providerId]: "target",
  [FAMILY.update]: "update record",
  [FAMILY.store]: "store",
  [FAMILY.givenUp]: "target state that was given up",
  [FAMILY.logicName]: "function name",
  [FAMILY.history]: "history of a component",
  [FAMILY.unflushed]: "unflushed writes",
};

/** Notes a damaged row, so that the next opening of its store checks all data, and creates its error, which names the row and the remedy. */
export function corruptRowError(key: Uint8Array, cause?: unknown): TidemarkError {
  noteDamagedRow();
  const { facts, subject } = describeRow(key);
  return new TidemarkError(
    "STORE_CORRUPT",
    `Cannot read the state store: a row is damaged (${subject}); restore the folder of the store from a backup, or delete it: ` +
      "the next run then processes everything again, and adopts the outputs that are there",
    { ...(cause === undefined ? {} : { cause }), facts },
  );
}

/** Creates the error of a row whose format is later than `supported`. */
export function tooNewRowError(key: Uint8Array, version: number, supported: number): TidemarkError {
  const { facts, subject } = describeRow(key);
  return new TidemarkError(
    "STORE_TOO_NEW",
    `Cannot read the state store: the format of a row (${subject}) must be at most ${supported}, got ${version}; ` +
      "use a newer Tidemark; if none has opened this store, the row is damaged: delete the folder of the store",
    { facts: { ...facts, version, supported } },
  );
}

/**
 * Returns the answer of `decode`, which decodes the row of `key`. A failure to decode means a damaged row.
 *
 * @throws TidemarkError `STORE_CORRUPT`, or `STORE_TOO_NEW` for a value that a later version has encoded
 */
export function guardRow<T>(key: Uint8Array, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TidemarkError && error.code === "STORE_TOO_NEW") throw error;
    throw corruptRowError(key, error);
  }
}

/** Names a row by the kind of its family, and its path where its key has one. */
export function describeRow(key: Uint8Array): {
  readonly subject: string;
  readonly facts: Readonly<Record<string, string>>;
} {
  const family = NAMES[key[0] as Family] ?? `of family ${key[0]}`;
  const path = describePath(key);
  if (path === undefined) return { subject: family, facts: { family } };
  return { subject: `${family} ${path}`, facts: { family, path } };
}

function describePath(key: Uint8Array): string | undefined {
  const path = pathInKey(key);
  if (path === undefined) return undefined;
  try {
    return formatPath(decodePath(path));
  } catch {
    // The key is damaged as well.
    return undefined;
  }
}
