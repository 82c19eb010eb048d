import { decodeValue } from "../../state/codec.ts";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "./app-rows.ts";
import { putValue, removeRow } from "./row-change.ts";
import { decodeRow } from "./row-envelope.ts";
import { createRowKey, FAMILY } from "./row-keys.ts";
import { StoreRows } from "./store-rows.ts";

/** A boot of the machine in which target states were written without a flush. A store numbers them from 1. */
export interface StoredBoot {
  readonly number: number;
  /** The machine's id of the boot; `undefined` where it gave none. */
  readonly id: string | undefined;
}

const ROW = "boot";

/** Reads the newest boot of a store; `undefined` for one without unflushed writes. */
export function readBoot({ store }: AppRows): StoredBoot | undefined {
  const row = new StoreRows(store).get(ROW) as readonly [number: number, id: string | null, ...unknown[]] | undefined;
  return row === undefined ? undefined : { number: row[0], id: row[1] ?? undefined };
}

/** Returns the change that stores the newest boot of a store. */
export function putBoot({ store }: AppRows, { id, number }: StoredBoot): StateChange {
  return new StoreRows(store).put(ROW, [number, id ?? null]);
}

/** Reads the number of the boot in which the app's target states were written that are neither flushed nor verified. */
export function readUnflushedBoot({ appId, store }: AppRows): number | undefined {
  const key = createRowKey(appId, FAMILY.unflushed);
  const value = store.get(key);
  return value === undefined ? undefined : (decodeRow(key, value, decodeValue) as number);
}

/** Returns the change that stores that number; see {@link readUnflushedBoot}. */
export function putUnflushedBoot({ appId }: AppRows, number: number | undefined): StateChange {
  const key = createRowKey(appId, FAMILY.unflushed);
  return number === undefined ? removeRow(key) : putValue(key, number);
}
