/** Loads each update at most once at a time, and coalesces calls. */
export class RecordLoader {
  readonly #load: (id: string) => Promise<void>;
  readonly #delay: () => Promise<void>;
  readonly #loading = new Map<string, Promise<void>>();
  /** The updates being loaded that may have changed since the request. */
  readonly #outdated = new Set<string>();
  readonly #delayed = new Set<string>();

  /** `load` requests an update; `delay` waits before the loads of {@link loadSoon}. */
  constructor(load: (id: string) => Promise<void>, delay: () => Promise<void>) {
    this.#load = load;
    this.#delay = delay;
  }

  /** Loads an update as it is at the time of the call or later. */
  load(id: string): Promise<void> {
    let loading = this.#loading.get(id);
    if (loading !== undefined) {
      this.#outdated.add(id);
    } else {
      loading = this.#loadUntilCurrent(id);
      this.#loading.set(id, loading);
    }
    return loading;
  }

  /** Loads an update after the delay, once for all calls meanwhile. */
  async loadSoon(id: string): Promise<void> {
    if (this.#delayed.has(id)) return;
    this.#delayed.add(id);
    await this.#delay().finally(() => this.#delayed.delete(id));
    await this.load(id);
  }

  async #loadUntilCurrent(id: string): Promise<void> {
    try {
      do {
        await this.#load(id).catch((error: unknown) => {
          if (!this.#outdated.has(id)) throw error;
        });
      } while (this.#outdated.delete(id));
    } finally {
      this.#loading.delete(id);
    }
  }
}
