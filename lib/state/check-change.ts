import { MAX_KEY_BYTES, MAX_VALUE_BYTES, type StateChange } from "./store.ts";

/**
 * Checks the key of a store's entry.
 *
 * @throws `TypeError` when it is no bytes, `RangeError` when it is empty or too long.
 */
export function checkKey(key: Uint8Array, act: string): void {
  if (!(key instanceof Uint8Array)) {
    throw new TypeError(`Cannot ${act}: \`key\` must be a Uint8Array, got ${typeof key}`);
  }
  if (key.length === 0 || key.length > MAX_KEY_BYTES) {
    throw new RangeError(`Cannot ${act}: \`key\` must be 1 to ${MAX_KEY_BYTES} bytes long, got ${key.length}`);
  }
}

/**
 * Checks all changes of a write before any of them is made.
 *
 * @throws as {@link checkKey}, `TypeError` when a value is no bytes, `RangeError` when it is too long.
 */
export function checkChanges(changes: readonly StateChange[]): void {
  for (const { key, value } of changes) {
    checkKey(key, "write entry");
    if (value !== undefined && !(value instanceof Uint8Array)) {
      throw new TypeError(`Cannot write entry: \`value\` must be a Uint8Array or undefined, got ${typeof value}`);
    }
    if (value !== undefined && value.length > MAX_VALUE_BYTES) {
      throw new RangeError(
        `Cannot write entry: \`value\` must be at most ${MAX_VALUE_BYTES} bytes long, got ${value.length}`,
      );
    }
  }
}
