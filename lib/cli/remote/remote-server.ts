import type { UpdateRecord } from "../../progress/record/update-record.ts";
import { readEvents, type ReceivedEvent } from "../../serve/client/read-events.ts";
import type { UpdateSummary } from "../../serve/client/update-summary.ts";
import { UsageError } from "../console/usage-error.ts";

/** A server of another process, asked over HTTP. */
export class RemoteServer {
  /** With a slash at its end. */
  readonly url: string;
  readonly #token: string | undefined;

  /** @throws UsageError for what is no URL of a server */
  constructor(url: string, token: string | undefined) {
    const full = /^[a-z]+:\/\//i.test(url) ? url : `http://${url}`;
    if (!URL.canParse(full) || !/^https?:/i.test(full)) {
      throw new UsageError(
        `Cannot watch "${url}": it must be the URL that a run is served at, such as http://127.0.0.1:9464`,
      );
    }
    this.url = new URL(full).href.replace(/\/*$/, "/");
    this.#token = token;
  }

  /** The updates that run and the newest that have ended. */
  async list(signal: AbortSignal): Promise<readonly UpdateSummary[]> {
    const response = await this.#ask("api/updates?view=summary", signal);
    return ((await response.json()) as { updates: UpdateSummary[] }).updates;
  }

  /** One update; `undefined` when it is not known any more. */
  async find(id: string, signal: AbortSignal): Promise<UpdateRecord | undefined> {
    const response = await this.#ask(`api/updates/${encodeURIComponent(id)}`, signal, 404);
    return response.status === 404 ? undefined : ((await response.json()) as UpdateRecord);
  }

  /** What happens, from now on. */
  async *events(signal: AbortSignal): AsyncGenerator<ReceivedEvent | "alive", void> {
    const response = await this.#ask("api/events", signal);
    if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
      throw new UsageError(`Cannot watch ${this.url}: no run of tidemark is served there`);
    }
    yield* readEvents(response.body!);
  }

  async #ask(path: string, signal: AbortSignal, accepted?: number): Promise<Response> {
    const headers = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const response = await fetch(new URL(path, this.url), { signal, headers });
    if (response.ok || response.status === accepted) return response;
    await response.body?.cancel();
    const { status } = response;
    if (status === 400 || status === 401) {
      throw new UsageError(`Cannot watch ${this.url}: the server wants a token; set TIDEMARK_TOKEN to it`);
    }
    if (status >= 500) throw new Error(`the server answered ${status}`);
    throw new UsageError(`Cannot watch ${this.url}: the server answered ${status}; is it tidemark's?`);
  }
}
