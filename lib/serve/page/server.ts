import type { UpdateRecord } from "../../progress/record/update-record.ts";
import { readEvents, type ReceivedEvent } from "../client/read-events.ts";
import type { SummaryList } from "../client/update-summary.ts";

/** The server wants a token, or another one. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

const TOKEN_KEY = "tidemark-token";

/** The server that the page came from. */
export class Server {
  #token = sessionStorage.getItem(TOKEN_KEY);

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** Shows the server this token from now on, until the tab is closed. */
  useToken(token: string): void {
    this.#token = token;
    sessionStorage.setItem(TOKEN_KEY, token);
  }

  /** The updates that run and the newest that have ended. */
  async list(signal: AbortSignal): Promise<SummaryList> {
    const response = await this.#ask("api/updates?view=summary", signal);
    return (await response.json()) as SummaryList;
  }

  /** One update; `undefined` when it is not known any more. */
  async find(id: string, signal: AbortSignal): Promise<UpdateRecord | undefined> {
    const response = await this.#ask(`api/updates/${encodeURIComponent(id)}`, signal, [404]);
    return response.status === 404 ? undefined : ((await response.json()) as UpdateRecord);
  }

  /** The events after the one with the id `lastEventId`, as they come. */
  async *events(lastEventId: string, signal: AbortSignal): AsyncGenerator<ReceivedEvent | "alive", void> {
    const headers = lastEventId === "" ? {} : { "Last-Event-ID": lastEventId };
    const response = await this.#ask("api/events", signal, [], headers);
    if (response.body !== null) yield* readEvents(response.body);
  }

  async #ask(
    path: string,
    signal: AbortSignal,
    accepted: readonly number[] = [],
    headers: Record<string, string> = {},
  ): Promise<Response> {
    if (this.#token !== null) headers["Authorization"] = `Bearer ${this.#token}`;
    const response = await fetch(path, { signal, cache: "no-store", headers });
    if (response.ok || accepted.includes(response.status)) return response;
    // A token that is badly formed is answered with 400.
    const isLocked = response.status === 401 || (response.status === 400 && this.hasToken);
    if (isLocked) throw new LockedError("The server wants a token");
    throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
  }
}
