import { once } from "node:events";
import { createServer, get, type ClientRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { readEvents, type ReceivedEvent } from "../../lib/serve/client/read-events.ts";

/** A server that hands each request to `answer`, and its clients; `await using` ends them all. */
export interface EventServer extends AsyncDisposable {
  /** The responses that were handed out, oldest first. */
  readonly responses: readonly ServerResponse[];
  /** Connects, and gives the events as they come. */
  connect(headers?: Record<string, string>): Promise<EventReader>;
}

/** A client. */
export interface EventReader {
  readonly response: IncomingMessage;
  /** The next event; `undefined` after the last. */
  next(): Promise<ReceivedEvent | undefined>;
  /** Leaves. */
  close(): void;
}

export async function createEventServer(
  answer: (response: ServerResponse, lastEventId: string | undefined) => void,
): Promise<EventServer> {
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    const id = request.headers["last-event-id"];
    answer(response, typeof id === "string" ? id : undefined);
  });
  const sockets = new Set<Socket>();
  const requests: ClientRequest[] = [];
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    responses,
    async connect(headers = {}) {
      const asking = get({ host: "127.0.0.1", port, headers, agent: false });
      requests.push(asking);
      const [response] = (await once(asking, "response")) as [IncomingMessage];
      const events = readAll(response);
      return {
        response,
        async next() {
          const result = await events.next();
          return result.done === true ? undefined : result.value;
        },
        close: () => asking.destroy(),
      };
    },
    async [Symbol.asyncDispose]() {
      // A client that has stopped reading would not notice that the server has gone.
      for (const request of requests) request.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

async function* readAll(response: IncomingMessage): AsyncGenerator<ReceivedEvent, void> {
  const chunks = response[Symbol.asyncIterator]();
  const reader = {
    read: async () => (await chunks.next()) as { done: boolean; value?: Uint8Array },
    cancel: async () => void (await chunks.return?.()),
  };
  for await (const event of readEvents({ getReader: () => reader })) if (event !== "alive") yield event;
}
