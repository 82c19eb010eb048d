import { LoggedUpdate, type LoggedUpdateOptions } from "./logged-update.ts";

/** The number of ended updates that a process keeps for those who look later. */
export const MAX_ENDED_UPDATES = 50;

/** The updates and drops of a process: those that run, and the newest that have ended. */
export class UpdateLog {
  readonly #updates = new Map<string, LoggedUpdate>();
  readonly #listeners = new Set<(update: LoggedUpdate) => void>();

  /** An update has begun. */
  begin(options: Omit<LoggedUpdateOptions, "onEnd">): LoggedUpdate {
    const update = new LoggedUpdate({ ...options, onEnd: () => this.#changed(update) });
    this.#updates.set(update.id, update);
    this.#changed(update);
    return update;
  }

  /** All of them, newest first. */
  get updates(): readonly LoggedUpdate[] {
    return [...this.#updates.values()].toReversed();
  }

  /** One of them; `undefined` when it is not known, or not any more. */
  find(id: string): LoggedUpdate | undefined {
    return this.#updates.get(id);
  }

  /** Has `listener` called when an update begins or ends; the function given back takes that back. */
  onChange(listener: (update: LoggedUpdate) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(update: LoggedUpdate): void {
    if (!update.isRunning) this.#forgetOldest();
    for (const listener of this.#listeners) listener(update);
  }

  #forgetOldest(): void {
    const ended = [...this.#updates.values()].filter(({ isRunning }) => !isRunning);
    for (const { id } of ended.slice(0, -MAX_ENDED_UPDATES)) this.#updates.delete(id);
  }
}

/** The updates of this process. */
export const processUpdates: UpdateLog = new UpdateLog();
