import type { UpdateSnapshot } from "../../progress/schema/stats.ts";
import { toPrintableJson } from "../../text/plain-text.ts";

/** A snapshot as a line of JSON: with the app's name, and the title of the stats group or `null` for the run's own report. */
export interface JsonRecord extends Partial<UpdateSnapshot> {
  /** `null` where it is not known. */
  readonly app: string | null;
  readonly group: string | null;
  /** In the last line of a run that failed. */
  readonly error?: { readonly name: string; readonly message: string };
}

/** One line of JSON. A result that JSON cannot hold (a cycle, a hostile `toJSON`) is left out as `null`. */
export function formatJsonLine(record: JsonRecord): string {
  try {
    return stringify({ ...record, result: record.result ?? null });
  } catch {
    return stringify({ ...record, result: null });
  }
}

function stringify(record: JsonRecord): string {
  return toPrintableJson(record, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
