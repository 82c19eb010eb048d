import { expect } from "chai";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { AnswerError, UpdateClient } from "../../../lib/serve/client/update-client.ts";
import { failureOf } from "../../state/failure-of.ts";

describe("UpdateClient", () => {
  const { signal } = new AbortController();

  async function open(answer: RequestListener, token?: string) {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
      client: new UpdateClient(`http://127.0.0.1:${port}/below/`, () => token),
      requests,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      },
    };
  }

  it("asks below its URL, with the token", async () => {
    const list = { updates: [], historyError: null };
    await using opened = await open((_request, response) => response.end(JSON.stringify(list)), "secret");
    expect(await opened.client.list(signal)).to.deep.equal(list);
    await opened.client.find("a/b", signal);
    expect(opened.requests.map(({ url }) => url)).to.deep.equal([
      "/below/api/updates?view=summary",
      "/below/api/updates/a%2Fb",
    ]);
    for (const { headers } of opened.requests) expect(headers.authorization).to.equal("Bearer secret");
  });

  it("finds no update that the server does not have", async () => {
    await using opened = await open((_request, response) => response.writeHead(404).end("Not found"));
    expect(await opened.client.find("1", signal)).to.equal(undefined);
    expect(opened.requests[0]!.headers).to.not.have.property("authorization");
  });

  it("reads the events after the last one", async () => {
    await using opened = await open((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).end("id: x.2\ndata: {}\n\n");
    });
    const events: unknown[] = [];
    for await (const event of opened.client.events("", signal)) events.push(event);
    for await (const event of opened.client.events("x.1", signal)) events.push(event);
    const event = { name: "message", data: "{}", lastEventId: "x.2" };
    expect(events).to.deep.equal(["alive", event, "alive", event]);
    expect(opened.requests.map(({ headers }) => headers["last-event-id"])).to.deep.equal([undefined, "x.1"]);
  });

  it("rejects with an AbortError when it is aborted", async () => {
    await using opened = await open(() => {});
    expect(await failureOf(opened.client.list(AbortSignal.abort()))).to.have.property("name", "AbortError");
  });

  for (const [status, token, kind] of [
    [401, undefined, "token-missing"],
    [401, "wrong", "token-refused"],
    [400, "malformed", "token-refused"],
    [400, undefined, "foreign"],
    [403, undefined, "foreign"],
    [429, "wrong", "temporary"],
    [503, undefined, "temporary"],
  ] as const) {
    it(`calls ${status} ${kind} when ${token === undefined ? "no" : "a"} token was sent`, async () => {
      await using opened = await open((_request, response) => response.writeHead(status, "Why").end("no"), token);
      const error = await failureOf(opened.client.list(signal));
      expect(error).to.be.instanceOf(AnswerError).with.property("kind", kind);
      expect(error.message).to.equal(`the server answered ${status} Why`);
    });
  }

  it("calls a server foreign that answers with something else than events", async () => {
    await using opened = await open((_request, response) => response.end("<html>"));
    const error = await failureOf(opened.client.events("", signal).next());
    expect(error).to.be.instanceOf(AnswerError).with.property("kind", "foreign");
  });
});
