import type { StateChange, StateEntry, StateStore } from "../../lib/state/store.ts";

/** The bytes of a text. */
export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** The text of bytes. */
export function text(content: Uint8Array | undefined): string | undefined {
  return content && new TextDecoder().decode(content);
}

/** Bytes as hexadecimal digits. */
export function hex(content: Uint8Array | undefined): string | undefined {
  return content && Buffer.from(content).toString("hex");
}

/** Entries as `key=value`, in hexadecimal digits. */
export function hexes(entries: Iterable<StateEntry>): string[] {
  return Array.from(entries, ({ key, value }) => `${hex(key)}=${hex(value)}`);
}

/** The change that stores a text under a text. */
export function put(key: string, value: string): StateChange {
  return { key: bytes(key), value: bytes(value) };
}

/** The change that removes what is stored under a text. */
export function remove(key: string): StateChange {
  return { key: bytes(key), value: undefined };
}

/** The entries of a range of a store, as `key=value`. */
export function dump(store: StateStore, start = "", end = "~"): string[] {
  return Array.from(store.range(bytes(start), bytes(end)), ({ key, value }) => `${text(key)}=${text(value)}`);
}
