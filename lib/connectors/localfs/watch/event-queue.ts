import { readFileSync } from "node:fs";

/** The kernel's default for the events that one queue holds. */
const DEFAULT_LIMIT = 16_384;

/**
 * The queue in which Linux keeps events until this process has time for them. When it is full, events are dropped, and `fs.watch`
 * is not told (libuv ignores `IN_Q_OVERFLOW`). All watches of a process share it, and whoever reads it reads it to its end:
 * when about as many events as it can hold come in one turn of the event loop, some may have been lost.
 */
class EventQueue {
  readonly #listeners = new Set<() => void>();
  #limit: number | undefined;
  #count = 0;

  /** Has `onLoss` called when events may have been lost; disposing ends that. */
  listen(onLoss: () => void): Disposable {
    const listener = (): void => onLoss();
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Counts an event as it comes. */
  count(): void {
    if (this.#count++ === 0) setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    const count = this.#count;
    this.#count = 0;
    this.#limit ??= readLimit();
    // Half of it: events of watches that have been closed, or that belong to others, fill the queue and are not counted.
    if (count < this.#limit / 2) return;
    for (const listener of this.#listeners) listener();
  }
}

/** The queue of this process. */
export const eventQueue: EventQueue = new EventQueue();

function readLimit(): number {
  try {
    return Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8")) || DEFAULT_LIMIT;
  } catch {
    return DEFAULT_LIMIT;
  }
}
