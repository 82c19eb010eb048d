import type { UpdateRecord } from "../../../lib/progress/record/update-record.ts";
import type { ReceivedEvent } from "../../../lib/serve/client/read-events.ts";
import type { SummaryList } from "../../../lib/serve/client/update-summary.ts";

/** A request for the event stream. */
export interface FakeStream {
  readonly lastEventId: string;
  readonly signal: AbortSignal;
  /** Sends an event to the reader. */
  send(name: string, data: object, lastEventId?: string): void;
  /** Sends a sign of life. */
  beat(): void;
  /** Ends the stream, as a server does that is closed. */
  end(): void;
  /** Breaks the connection. */
  fail(error: Error): void;
}

type Item = ReceivedEvent | "alive" | "end" | { readonly error: unknown };

/** A client of a server that does as the test says. */
export class FakeUpdateClient {
  /** The streams that were asked for, oldest first. */
  readonly streams: FakeStream[] = [];
  /** The ids of the updates that were asked for. */
  readonly found: string[] = [];
  /** The answer to a request for an update. */
  answer: (id: string) => Promise<UpdateRecord | undefined> = async () => undefined;
  /** The answer to a request for the list. */
  answerList: () => Promise<SummaryList> = async () => ({ updates: [], historyError: null });

  list(_signal: AbortSignal): Promise<SummaryList> {
    return this.answerList();
  }

  find(id: string, _signal: AbortSignal): Promise<UpdateRecord | undefined> {
    this.found.push(id);
    return this.answer(id);
  }

  async *events(lastEventId: string, signal: AbortSignal): AsyncGenerator<ReceivedEvent | "alive", void> {
    const items: Item[] = [];
    let news = Promise.withResolvers<void>();
    const push = (item: Item): void => {
      items.push(item);
      news.resolve();
    };
    signal.addEventListener("abort", () => push({ error: signal.reason }));
    this.streams.push({
      lastEventId,
      signal,
      send: (name, data, id = "") => push({ name, data: JSON.stringify(data), lastEventId: id }),
      beat: () => push("alive"),
      end: () => push("end"),
      fail: (error) => push({ error }),
    });
    for (;;) {
      const item = items.shift();
      if (item === undefined) {
        await news.promise;
        news = Promise.withResolvers();
      } else if (item === "end") return;
      else if (typeof item === "object" && "error" in item) throw item.error;
      else yield item;
    }
  }
}
