import type { Environment } from "../app/environment.ts";
import type { LoggedUpdate } from "../progress/record/logged-update.ts";
import { mergeUpdates } from "../progress/record/merge-updates.ts";
import type { UpdateLog } from "../progress/record/update-log.ts";
import type { UpdateRecord } from "../progress/record/update-record.ts";
import { formatError } from "../text/error-text.ts";

/** The updates that a server shows. */
export interface UpdateList {
  /** Newest first. */
  readonly updates: readonly UpdateRecord[];
  /** Why those of earlier processes cannot be told; `null` when they can. */
  readonly historyError: string | null;
}

/** The most ended updates in a list. */
const MAX_ENDED = 50;

/** The updates of a process, and those that its stores have on record. */
export class ServedUpdates {
  readonly #log: UpdateLog;
  readonly #environment: Environment | undefined;
  readonly #stopListening: () => void;
  #stored: Promise<UpdateList> | undefined;

  /** Serves those of one environment, or of all that have run an update in this process. */
  constructor(log: UpdateLog, environment: Environment | undefined) {
    this.#log = log;
    this.#environment = environment;
    this.#stopListening = log.onChange(() => {
      this.#stored = undefined;
    });
  }

  /** Whether an update is served. */
  accepts({ environment }: LoggedUpdate): boolean {
    return this.#environment === undefined || environment === this.#environment;
  }

  /** An update of this process. */
  findLogged(id: string): LoggedUpdate | undefined {
    const update = this.#log.find(id);
    return update !== undefined && this.accepts(update) ? update : undefined;
  }

  async find(id: string): Promise<UpdateRecord | undefined> {
    const logged = this.findLogged(id);
    if (logged !== undefined) return logged.record();
    const { updates } = await this.#readStored();
    return updates.find((record) => record.id === id);
  }

  /** Updates in progress, and the newest ended ones. The log comes first, in its own order, because a clock may be set back. */
  async list(): Promise<UpdateList> {
    const stored = await this.#readStored();
    const logged = this.#log.updates.filter((update) => this.accepts(update)).map((update) => update.record());
    const ids = new Set(logged.map(({ id }) => id));
    const all = [...logged, ...stored.updates.filter(({ id }) => !ids.has(id))];
    let numEnded = 0;
    return {
      updates: all.filter(({ endedAt }) => endedAt === null || ++numEnded <= MAX_ENDED),
      historyError: stored.historyError,
    };
  }

  /** Follows the log no more. */
  close(): void {
    this.#stopListening();
  }

  /** Read once for all who ask until an update begins or ends: nobody else can write to a store that is open here. */
  #readStored(): Promise<UpdateList> {
    this.#stored ??= this.#readAll();
    return this.#stored;
  }

  async #readAll(): Promise<UpdateList> {
    const lists: (readonly UpdateRecord[])[] = [];
    let historyError: string | null = null;
    for (const environment of this.#environments()) {
      try {
        for (const app of await environment.apps()) lists.push(await environment.updates(app));
      } catch (error) {
        historyError = formatError(error);
      }
    }
    return { updates: mergeUpdates(lists), historyError };
  }

  #environments(): readonly Environment[] {
    if (this.#environment !== undefined) return [this.#environment];
    return [...new Set(this.#log.updates.map(({ environment }) => environment as Environment))];
  }
}
