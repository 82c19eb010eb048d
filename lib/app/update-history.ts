import type { AppRows } from "../engine/records/app-rows.ts";
import type { UpdateRecord } from "../progress/record/update-record.ts";
import { decodeValue, encodeValue } from "../state/codec.ts";
import type { StateChange } from "../state/store.ts";

/** The number of ended updates that are kept on record of each app. */
export const MAX_STORED_UPDATES = 50;

/** Puts an update that has ended on record, and forgets the oldest beyond {@link MAX_STORED_UPDATES}; resolves when it is written. */
export async function storeUpdate(rows: AppRows, record: UpdateRecord): Promise<void> {
  const keys = [...rows.updates()].map(({ key }) => key);
  const outdated = keys.slice(0, Math.max(0, keys.length + 1 - MAX_STORED_UPDATES));
  const key = rows.updateKey(Date.parse(record.startedAt), record.id);
  const changes: StateChange[] = [
    ...outdated.map((old) => ({ key: old, value: undefined })),
    { key, value: encodeRecord(record) },
  ];
  await rows.store.write(changes);
}

/** The updates of an app that are on record, newest first. */
export function readUpdates(rows: AppRows): readonly UpdateRecord[] {
  return [...rows.updates()].map(({ value }) => decodeRecord(value)).toReversed();
}

function encodeRecord(record: UpdateRecord): Uint8Array {
  // What the main function gave back may be secret, and is of use to its own process only.
  const stored: UpdateRecord = { ...record, snapshot: { ...record.snapshot, result: null } };
  // As JSON: a component may be called `__proto__`.
  return encodeValue(JSON.stringify(stored));
}

function decodeRecord(value: Uint8Array): UpdateRecord {
  return JSON.parse(decodeValue(value) as string) as UpdateRecord;
}
