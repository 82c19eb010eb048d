import type { AppRows } from "../engine/records/app-rows.ts";
import type { UpdateRecord } from "../progress/record/update-record.ts";

/** The number of ended updates that are kept on record of each app. */
export const MAX_STORED_UPDATES = 50;

/** Puts an update that has ended on record, and forgets the oldest beyond {@link MAX_STORED_UPDATES}; resolves when it is written. */
export async function storeUpdate(rows: AppRows, record: UpdateRecord): Promise<void> {
  await rows.write(rows.addUpdate(record.id, encodeRecord(record), MAX_STORED_UPDATES));
}

/** The updates of an app that are on record, newest first. */
export function readUpdates(rows: AppRows): readonly UpdateRecord[] {
  return [...rows.updates()].map((record) => JSON.parse(record) as UpdateRecord).toReversed();
}

function encodeRecord(record: UpdateRecord): string {
  // What the main function gave back may be secret, and is of use to its own process only.
  const stored: UpdateRecord = { ...record, snapshot: { ...record.snapshot, result: null } };
  // As JSON: a component may be called `__proto__`.
  return JSON.stringify(stored);
}
