/** One change of a write: `value` is stored under `key`; `undefined` removes the key. */
export interface StateChange {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** One entry of a {@link StateStore.range}. */
export interface StateEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** The failure of a store to make writes. */
export interface StoreFailure {
  readonly error: unknown;
}

/**
 * An ordered map from bytes to bytes that outlives the process; keys sort bytewise.
 *
 * Reads are synchronous and see every change that was handed to `write` before, committed or not.
 * Keys are 1 to {@link MAX_KEY_BYTES} bytes long; a longer or an empty key is a `RangeError`.
 * After `close` every method throws {@link TidemarkError} `STORE_CLOSED`.
 */
export interface StateStore extends AsyncDisposable {
  /** The value under `key`, or `undefined`; the bytes are the caller's to keep. */
  get(key: Uint8Array): Uint8Array | undefined;
  /**
   * The entries with `start <= key < end`, ascending, read lazily as the caller iterates.
   * Changes written while it is being iterated may or may not be seen.
   */
  range(start: Uint8Array, end: Uint8Array): Iterable<StateEntry>;
  /** The number of entries that {@link range} would give, which takes far less time to tell. */
  count(start: Uint8Array, end: Uint8Array): number;
  /**
   * Applies all changes or none, in order, and resolves when they survive the death of the process.
   * Writes commit in the order of the calls; those that arrive while a commit is under way share the next transaction.
   * The bytes of the changes are not to be altered until then.
   * A write that fails rejects with the store's error and leaves no trace. The writes that are pending then fail with it, because they may
   * rest on it, except where only that write was too large for the room there is. Writes after that are tried on their own.
   */
  write(changes: readonly StateChange[]): Promise<void>;
  /**
   * Makes sure that the store is still in its place.
   *
   * @throws {@link TidemarkError} `STORE_LOST` when its files were deleted, replaced or cut short while it is open. Then writes reject with
   *   this error as well, and `close` releases the store.
   */
  requireInPlace(): void;
  /** The last failure with which all pending writes have failed; known before their promises reject. */
  readonly lastFailure: StoreFailure | undefined;
  /** Waits for the writes under way, then releases the store; a second call is harmless. */
  close(): Promise<void>;
}

/** The longest key a store must accept, in bytes (the limit of LMDB at its default page size is 1,978). */
export const MAX_KEY_BYTES = 1900;

/** The longest value a store must accept, in bytes: a value of 512 MiB in characters of three bytes, with its row. */
export const MAX_VALUE_BYTES = 1_700_000_000;
