import type { StateChange } from "../../state/store.ts";
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
  /** Whether a reservation has failed, and is to be written with the rows that use its ids. */
  #isUnwritten = false;

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
      this.#reserve();
    }
    return this.#next++;
  }

  /**
   * Returns the changes that reserve the ids in use, for the write of a row with one of them: none, unless the reservation has failed. A
   * row that is stored without it would have a later run give its id out again.
   */
  unwritten(): StateChange[] {
    if (!this.#isUnwritten) return [];
    return [this.#rows.putSequence(Math.max(this.#reserved, this.#rows.sequence()))];
  }

  #reserve(): void {
    const reserving = this.#rows.write([this.#rows.putSequence(this.#reserved)]);
    this.#track(reserving);
    reserving.catch(() => this.#reserveAgain());
  }

  /** At once as well: no further row may come. */
  async #reserveAgain(): Promise<void> {
    this.#isUnwritten = true;
    try {
      await this.#rows.write(this.unwritten());
      this.#isUnwritten = false;
    } catch {
      // The store cannot be read or written. The rows that follow are written with the reservation.
    }
  }

  /** The id that stands for a provider's path in the store. */
  providerId(path: Uint8Array): number {
    const stored = this.#rows.providerId(path);
    if (stored !== undefined) return stored;
    const id = this.next();
    this.#track(this.#rows.write([...this.unwritten(), ...this.#rows.putProvider(id, path)]));
    storedApps(this.#rows.store).addProvider(this.#rows.appId, path, id);
    return id;
  }
}
