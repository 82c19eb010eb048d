import { expect } from "chai";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { listen } from "../../lib/serve/listener.ts";
import { FakeClock } from "../fake-clock.ts";
import { failureOf } from "../state/failure-of.ts";
import { until } from "../until.ts";
import { askWithoutReading, sendRaw } from "./raw-request.ts";

/** An answer that is in progress until the test ends it, as its client has it so far. */
async function openAnswer(clock: FakeClock) {
  const body = new TransformStream<Uint8Array, Uint8Array>();
  const writer = body.writable.getWriter();
  const listener = await listen({ host: "127.0.0.1", port: 0 }, () => new Response(body.readable), { clock });
  const request = get({ port: listener.address.port, agent: false });
  void writer.write(Buffer.from("begun, "));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return { listener, response, writer };
}

async function textOf(response: IncomingMessage): Promise<string> {
  let content = "";
  for await (const chunk of response.setEncoding("utf8")) content += chunk as string;
  return content;
}

describe("listen", () => {
  it("closes as soon as the answers in progress have ended", async () => {
    const clock = new FakeClock();
    const { listener, response, writer } = await openAnswer(clock);
    let isClosed = false;
    const closing = listener.close().then(() => (isClosed = true));
    clock.advance(999);
    await setImmediate();
    expect(isClosed).to.equal(false);
    void writer.write(Buffer.from("ended"));
    void writer.close();
    expect(await textOf(response)).to.equal("begun, ended");
    await closing;
    expect(clock.due, "timers").to.deep.equal([]);
  });

  it("closes after a second all the same, and breaks off the answers in progress", async () => {
    const clock = new FakeClock();
    const { listener, response } = await openAnswer(clock);
    const closing = listener.close();
    clock.advance(1000);
    await closing;
    expect(await failureOf(textOf(response))).to.have.property("code", "ECONNRESET");
    expect(clock.due, "timers").to.deep.equal([]);
  });

  it("gives requests up that do not come to their end, and lives", async () => {
    const listener = await listen({ host: "127.0.0.1", port: 0 }, () => new Response("ok"), { requestTimeoutMs: 50 });
    try {
      const { port } = listener.address;
      expect(await sendRaw(port, "GET / HTTP/1.1\r\nHost: loc")).to.match(/^HTTP\/1\.1 408 /);
      // A process that gets no time for so long gives up a whole request as well.
      const isAnswered = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}`)).status === 200;
      await until(isAnswered, { explain: () => "an answer" });
    } finally {
      await listener.close();
    }
  });

  for (const length of ["Content-Length: 1000000000", "Transfer-Encoding: chunked"]) {
    it(`gives up a body that does not end, with ${length}`, async () => {
      const listener = await listen({ host: "127.0.0.1", port: 0 }, () => new Response("ok"), { requestTimeoutMs: 50 });
      try {
        const answer = await sendRaw(listener.address.port, `GET / HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`);
        expect(answer).to.include("HTTP/1.1 408 ");
      } finally {
        await listener.close();
      }
    });
  }

  it("closes connections beyond its limit unanswered, and takes others once there is room", async () => {
    const listener = await listen({ host: "127.0.0.1", port: 0 }, () => new Response("ok"), { maxConnections: 1 });
    const socket = connect(listener.address.port, "127.0.0.1");
    try {
      const { port } = listener.address;
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await once(socket, "data");
      expect(await sendRaw(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")).to.equal("");
      socket.destroy();
      const request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      const isTaken = async (): Promise<boolean> => (await sendRaw(port, request)).startsWith("HTTP/1.1 200 ");
      await until(isTaken, { explain: () => "an answer" });
    } finally {
      socket.destroy();
      await listener.close();
    }
  });

  it("gives up a client that does not take its answer (bug: it was held for ever)", async () => {
    const chunk = new Uint8Array(1 << 20);
    let numChunks = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        numChunks++;
        controller.enqueue(chunk);
      },
    });
    const listener = await listen({ host: "127.0.0.1", port: 0 }, () => new Response(body), { answerTimeoutMs: 50 });
    try {
      await askWithoutReading(listener.address.port);
      expect(numChunks, "what the buffers hold").to.be.below(100);
    } finally {
      await listener.close();
    }
  });
});
