import { decodeValue, encodeValue } from "../../state/codec.ts";
import type { GivenUpRow, TrackedItem, TrackingRow } from "./row.ts";

// A reader skips items that it does not know.
type Row = readonly [
  name: string,
  ancestors: readonly number[],
  path: Uint8Array,
  items: readonly Item[],
  ...unknown[],
];
type Item = readonly [
  providerId: number,
  key: Uint8Array,
  generation: number,
  states: TrackedItem["states"],
  inside: readonly [generation: number, recreatedAt: number, ...unknown[]] | null,
  written?: readonly [boot: number, timeMs: number, ...unknown[]] | null,
  isDamaged?: boolean,
  ...unknown: unknown[],
];

type GivenUp = [item: Item, reason: GivenUpRow["reason"], timeMs: number, name: string, path: string];

/** Encodes the tracking row of a component, without its envelope. */
export function encodeTrackingRow({ ancestors, items, name, path }: TrackingRow): Uint8Array {
  const row: Row = [name, ancestors, path, items.map(toItem)];
  return encodeValue(row);
}

/** Decodes the bytes of {@link encodeTrackingRow}. */
export function decodeTrackingRow(bytes: Uint8Array): TrackingRow {
  const [name, ancestors, path, items] = decodeValue(bytes) as Row;
  return { name, ancestors, path, items: items.map(fromItem) };
}

/** Encodes the row of a target state that was given up. */
export function encodeGivenUpRow({ item, name, path, reason, timeMs }: GivenUpRow): Uint8Array {
  return encodeValue([toItem(item), reason, timeMs, name, path] satisfies GivenUp);
}

/** Decodes the bytes of {@link encodeGivenUpRow}. */
export function decodeGivenUpRow(bytes: Uint8Array): GivenUpRow {
  const [item, reason, timeMs, name, path] = decodeValue(bytes) as GivenUp;
  return { item: fromItem(item), reason, timeMs, name, path };
}

/** Whether two tracking rows are stored as the same bytes. */
export function isSameTracking(one: TrackingRow, other: TrackingRow): boolean {
  return Buffer.compare(encodeTrackingRow(one), encodeTrackingRow(other)) === 0;
}

function toItem({ generation, inside, isDamaged, key, providerId, states, written }: TrackedItem): Item {
  const content = inside === null ? null : ([inside.generation, inside.recreatedAt] as const);
  const write = written === undefined ? null : ([written.boot, written.timeMs] as const);
  if (isDamaged === true) return [providerId, key, generation, states, content, write, true];
  return write === null
    ? [providerId, key, generation, states, content]
    : [providerId, key, generation, states, content, write];
}

function fromItem([providerId, key, generation, states, inside, written, isDamaged]: Item): TrackedItem {
  const content = inside === null ? null : { generation: inside[0], recreatedAt: inside[1] };
  const item = { providerId, key, generation, states, inside: content };
  const damage = isDamaged === true ? { isDamaged } : {};
  if (!Array.isArray(written)) return { ...item, ...damage };
  const [boot, timeMs] = written;
  return { ...item, ...damage, written: { boot, timeMs } };
}
