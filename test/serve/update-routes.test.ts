import { expect } from "chai";
import { UpdateLog } from "../../lib/progress/record/update-log.ts";
import { EventHub } from "../../lib/serve/event-hub.ts";
import { listen, type ListenOptions } from "../../lib/serve/listener.ts";
import { ServedUpdates } from "../../lib/serve/served-updates.ts";
import { createUpdateRoutes } from "../../lib/serve/update-routes.ts";
import { FakeClock } from "../fake-clock.ts";
import { askWithoutReading } from "./raw-request.ts";

describe("createUpdateRoutes", () => {
  const bytes = new Uint8Array(32 << 20);

  async function open(
    maxClients: number,
    options?: ListenOptions,
  ): Promise<{ readonly port: number } & AsyncDisposable> {
    const log = new UpdateLog();
    const updates = new ServedUpdates(log, undefined);
    const hub = new EventHub({ log, clock: new FakeClock(), accepts: () => true, maxClients });
    const routes = createUpdateRoutes(updates, hub).get("/", (context) => context.body(bytes));
    const listener = await listen({ host: "127.0.0.1", port: 0 }, routes.fetch, options);
    return {
      port: listener.address.port,
      async [Symbol.asyncDispose]() {
        hub.close();
        updates.close();
        await listener.close();
      },
    };
  }

  it("refuses more clients than there may be, until one leaves", async () => {
    await using server = await open(2);
    const url = `http://127.0.0.1:${server.port}/api/events`;
    const leaving = new AbortController();
    const first = await fetch(url, { signal: leaving.signal });
    const second = await fetch(url);
    const third = await fetch(url);
    expect([first.status, second.status, third.status]).to.deep.equal([200, 200, 503]);
    expect(third.headers.get("retry-after")).to.equal("10");
    expect(await third.text()).to.equal("Too many clients follow already\n");
    leaving.abort();
    let status = 503;
    while (status === 503) {
      const again = await fetch(url);
      status = again.status;
      await again.body?.cancel();
    }
    expect(status).to.equal(200);
  });

  it("leaves a stream open on which nothing is sent, where another answer would be given up", async () => {
    await using server = await open(2, { answerTimeoutMs: 500 });
    const response = await fetch(`http://127.0.0.1:${server.port}/api/events`);
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).to.match(/^event: hello\n/);
    let isOver = false;
    const end = (): void => void (isOver = true);
    reader.read().then(end, end);
    await askWithoutReading(server.port);
    await (await fetch(`http://127.0.0.1:${server.port}/api/updates`)).text();
    expect(isOver).to.equal(false);
    await reader.cancel();
  });
});
