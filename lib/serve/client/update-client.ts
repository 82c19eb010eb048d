import type { UpdateRecord } from "../../progress/record/update-record.ts";
import { readEvents, type ReceivedEvent } from "./read-events.ts";
import type { SummaryList } from "./update-summary.ts";

/** An unexpected answer of a server. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  /** The server wants a token, or another one; it is not Tidemark's; it has a problem that may pass. */
  readonly kind: "token-missing" | "token-refused" | "foreign" | "temporary";

  constructor(kind: AnswerError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A client of the HTTP interface of a Tidemark server. Its methods reject with an {@link AnswerError} for an unexpected answer. */
export class UpdateClient {
  readonly #url: string;
  readonly #token: () => string | undefined;

  /** The `url` ends with a slash; `token` returns the token to send, if any. */
  constructor(url: string, token: () => string | undefined) {
    this.#url = url;
    this.#token = token;
  }

  /** Lists the updates in progress and the newest ended ones. */
  async list(signal: AbortSignal): Promise<SummaryList> {
    const response = await this.#get("api/updates?view=summary", signal);
    return (await response.json()) as SummaryList;
  }

  /** Finds one update; `undefined` when the server has no record of it. */
  async find(id: string, signal: AbortSignal): Promise<UpdateRecord | undefined> {
    const response = await this.#get(`api/updates/${encodeURIComponent(id)}`, signal, { accepted: 404 });
    return response.status === 404 ? undefined : ((await response.json()) as UpdateRecord);
  }

  /** Reads the events after the one with the id `lastEventId`, as they happen. */
  async *events(lastEventId: string, signal: AbortSignal): AsyncGenerator<ReceivedEvent | "alive", void> {
    const headers = lastEventId === "" ? {} : { "Last-Event-ID": lastEventId };
    const { body, headers: answered } = await this.#get("api/events", signal, { headers });
    const isStream = answered.get("content-type")?.startsWith("text/event-stream") === true;
    if (!isStream || body === null) throw new AnswerError("foreign", "the server sends no events");
    yield* readEvents(body);
  }

  async #get(
    path: string,
    signal: AbortSignal,
    { accepted, headers = {} }: { readonly accepted?: number; readonly headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const token = this.#token();
    const all = token === undefined ? headers : { ...headers, Authorization: `Bearer ${token}` };
    const response = await fetch(new URL(path, this.#url), { signal, headers: all, cache: "no-store" });
    const { ok, status, statusText } = response;
    if (ok || status === accepted) return response;
    await response.body?.cancel();
    throw new AnswerError(kindOf(status, token !== undefined), `the server answered ${status} ${statusText}`.trimEnd());
  }
}

function kindOf(status: number, hasToken: boolean): AnswerError["kind"] {
  // A malformed token is answered with 400.
  if (status === 401 || (status === 400 && hasToken)) return hasToken ? "token-refused" : "token-missing";
  // 429 counts the failed tries of all clients.
  return status >= 500 || status === 429 ? "temporary" : "foreign";
}
