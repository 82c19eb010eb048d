import { TidemarkError } from "../../errors.ts";
import type { StateChange, StateStore, StoreFailure } from "../../state/store.ts";

/**
 * The writes of one owner, such as a run, to a store. Once the store has failed to make one of them, all later ones fail as well: a row may
 * rest on an earlier one, as every id does on the row that reserves it.
 */
export class RowWriter {
  /** Called when the store has failed to make a write. */
  onFailure: ((error: TidemarkError) => void) | undefined;
  readonly #store: StateStore;
  #failure: StoreFailure | undefined;
  #numPending = 0;
  /** The last failure of the store before the oldest of the pending writes. */
  #failureBefore: StoreFailure | undefined;

  // Functions of the writer, and not of each of its many writes.
  readonly #noteWritten = (): void => void this.#numPending--;
  readonly #noteFailure = (error: unknown): void => {
    this.#numPending--;
    // Another error concerns this write alone, such as a value that is too large.
    if (!(error instanceof TidemarkError)) return;
    this.#failure ??= { error };
    this.onFailure?.(error);
  };

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Writes changes in one transaction; see {@link StateStore.write}. */
  write(changes: readonly StateChange[]): Promise<void> {
    const { lastFailure } = this.#store;
    if (this.#numPending === 0) this.#failureBefore = lastFailure;
    // The promises of the pending writes have not rejected yet.
    else if (lastFailure !== this.#failureBefore) this.#failure ??= lastFailure;
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    this.#numPending++;
    const writing = this.#store.write(changes);
    writing.then(this.#noteWritten, this.#noteFailure);
    return writing;
  }
}
