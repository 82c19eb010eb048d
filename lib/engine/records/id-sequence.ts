import type { AppRows } from "./app-rows.ts";
import { storedApps } from "./stored-apps.ts";

/** Ids are reserved in the store in blocks, so that a process that dies never has one given out twice. */
const BLOCK = 1024;

/** Gives out the ids of an app: for components, providers and container generations. Ids only grow. */
export class IdSequence {
  readonly #rows: AppRows;
  readonly #track: (write: Promise<void>) => void;
  #next = 0;
  #reserved = 0;

  /** `track` is given each write, so that its failure is noticed. */
  constructor(rows: AppRows, track: (write: Promise<void>) => void) {
    this.#rows = rows;
    this.#track = track;
  }

  /** An id that was never given out before. */
  next(): number {
    if (this.#next === this.#reserved) {
      // Read again: a run of another app may have taken ids.
      this.#next = this.#rows.sequence();
      this.#reserved = this.#next + BLOCK;
      this.#track(this.#rows.write([this.#rows.putSequence(this.#reserved)]));
    }
    return this.#next++;
  }

  /** The id that stands for a provider's path in the store. */
  providerId(path: Uint8Array): number {
    const stored = this.#rows.providerId(path);
    if (stored !== undefined) return stored;
    const id = this.next();
    this.#track(this.#rows.write(this.#rows.putProvider(id, path)));
    storedApps(this.#rows.store).addProvider(this.#rows.appId, path, id);
    return id;
  }
}
