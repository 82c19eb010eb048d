import { expect } from "chai";
import { listen } from "../../lib/serve/listener.ts";
import { askWithoutReading, sendRaw } from "./raw-request.ts";

describe("listen", () => {
  it("gives requests up that do not come to their end, and lives", async () => {
    const listener = await listen({ host: "127.0.0.1", port: 0 }, () => new Response("ok"), { requestTimeoutMs: 50 });
    try {
      const { port } = listener.address;
      expect(await sendRaw(port, "GET / HTTP/1.1\r\nHost: loc")).to.match(/^HTTP\/1\.1 408 /);
      expect((await fetch(`http://127.0.0.1:${port}`)).status).to.equal(200);
    } finally {
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
