import { expect } from "chai";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { App, Environment, TidemarkError } from "../../lib/index.ts";
import { serve } from "../../lib/serve/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { usedHeap } from "../used-heap.ts";
import { parsePrometheusText, valueOf } from "../telemetry/prometheus-text.ts";

describe("serve", () => {
  it("listens on this machine only, on any free port with 0", async () => {
    await using server = await serve({ port: 0 });
    expect(server.host).to.equal("127.0.0.1");
    expect(server.port).to.be.greaterThan(0);
    expect(server.url).to.equal(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200);
  });

  it("names the port that is in use, and leaves nothing behind", async () => {
    await using server = await serve({ port: 0 });
    const before = numHandles();
    for (let attempt = 0; attempt < 3; attempt++) {
      const error = await failureOf(serve({ port: server.port }));
      expect(error).to.be.instanceOf(TidemarkError);
      expect(error.code).to.equal("ADDRESS_UNAVAILABLE");
      expect(error.message).to.equal(
        `Cannot serve on 127.0.0.1:${server.port}: the port is in use; choose another \`port\`, or 0 for any free one`,
      );
      expect(error.cause).to.have.property("code", "EADDRINUSE");
      expect(error.facts).to.deep.equal({ host: "127.0.0.1", port: server.port });
    }
    await setImmediate();
    expect(numHandles()).to.be.at.most(before);
  });

  it("listens again on a port that was in use, and on its own after it was closed", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await failureOf(serve({ port }));
    other.close();
    await once(other, "close");
    for (let round = 0; round < 3; round++) {
      await using server = await serve({ port });
      expect(server.port).to.equal(port);
    }
  });

  it("says so when the host is not of this machine", async () => {
    const error = await failureOf(serve({ host: "192.0.2.1", port: 0, insecure: true }));
    expect(error.code).to.equal("ADDRESS_UNAVAILABLE");
    expect(error.message).to.include("192.0.2.1:0");
  });

  const wrong: readonly (readonly [options: object, kind: typeof TypeError, part: string])[] = [
    [{ port: -1 }, RangeError, "`port` must be an integer from 0 to 65535, got -1"],
    [{ port: 65_536 }, RangeError, "`port`"],
    [{ port: 1.5 }, RangeError, "`port`"],
    [{ port: "9464" }, RangeError, "`port`"],
    [{ host: "" }, TypeError, "`host`"],
    [{ token: "" }, TypeError, "`token`"],
    [{ token: "with space" }, TypeError, "`token`"],
    [{ token: "with a space, and long" }, TypeError, "`token`"],
    [{ token: 1_234_567_890_123_456 }, TypeError, "`token`"],
    [{ token: "fifteen-letters" }, RangeError, "`token` must have at least 16 characters, got 15; create one with"],
    [{ maxSeries: 0 }, RangeError, "`maxSeries`"],
    [{ environment: {} }, TypeError, "Environment"],
    [{ host: "0.0.0.0" }, TypeError, "`insecure: true`"],
    [{ host: "::" }, TypeError, "`token`"],
    [{ host: "metrics.example" }, TypeError, "`insecure: true`"],
  ];
  for (const [options, kind, part] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const error = (await failureOf(serve({ port: 0, ...options }))) as Error;
      expect(error).to.be.instanceOf(kind);
      expect(error.message)
        .to.match(/^Cannot (serve|make|use)/)
        .and.to.include(part);
    });
  }

  it("does not repeat a token that is too short", async () => {
    expect((await failureOf(serve({ port: 0, token: "s3cr3t" }))).message).not.to.include("s3cr3t");
  });

  it("listens beyond this machine with a token, or when that is insecure on purpose", async () => {
    for (const options of [{ token: "a-token-that-is-long" }, { insecure: true }]) {
      await using server = await serve({ host: "0.0.0.0", port: 0, ...options });
      expect(server.host).to.equal("0.0.0.0");
      expect(server.url).to.equal(`http://127.0.0.1:${server.port}`);
      expect((await fetch(`${server.url}/healthz`)).status).to.equal(200);
    }
  });

  it("has many servers in one process, each with all numbers", async () => {
    await using test = await createTestEnvironment();
    await using left = await serve({ port: 0 });
    await using right = await serve({ port: 0 });
    await new App({ name: "both", environment: test.environment }, () => {}).update();
    for (const { url } of [left, right, left]) {
      const samples = parsePrometheusText(await (await fetch(`${url}/metrics`)).text());
      expect(valueOf(samples, "tidemark_component_adds_total", { app: "both" })).to.equal(1);
    }
  });

  describe("close", () => {
    it("ends connections that are idle or have only begun a request, and connections with an answer in progress after it", async () => {
      const server = await serve({ port: 0 });
      const sockets = ["", "GET /metrics HTTP/1.1\r\nHost: loc"].map((bytes) => {
        const socket = connect(server.port, "127.0.0.1");
        socket.on("error", () => {});
        if (bytes !== "") socket.write(bytes);
        return socket;
      });
      await Promise.all(sockets.map((socket) => once(socket, "connect")));
      const keptAlive = await fetch(`${server.url}/metrics`);
      await keptAlive.text();
      const ended = sockets.map((socket) => once(socket, "close"));
      await server.close();
      await Promise.all(ended);
      expect(await failureOf(fetch(`${server.url}/healthz`))).to.be.instanceOf(TypeError);
    });

    it("waits for answers in progress", async () => {
      const server = await serve({ port: 0 });
      const answer = fetch(`${server.url}/metrics`).then((response) => response.text());
      await requestStart();
      await server.close();
      expect(parsePrometheusText(await answer)).to.not.have.length(0);
    });

    it("leaves the port free, also when it is called again, at once or later", async () => {
      const server = await serve({ port: 0 });
      await Promise.all([server.close(), server.close()]);
      await server.close();
      await server[Symbol.asyncDispose]();
      const free = createServer().listen(server.port, server.host);
      await once(free, "listening");
      expect(free.address(), "the port is free").to.have.property("port", server.port);
      free.close();
      await once(free, "close");
    });

    it("leaves no handle behind, and runs go on", async () => {
      await using test = await createTestEnvironment();
      const app = new App({ name: "going-on", environment: test.environment }, () => {});
      await app.update();
      const before = numHandles();
      for (let round = 0; round < 20; round++) {
        const server = await serve({ port: 0 });
        await app.update();
        await (await fetch(`${server.url}/metrics`)).text();
        await server.close();
      }
      await setImmediate();
      expect(numHandles()).to.be.at.most(before + 1);
      await app.update();
    });

    it("leaves no memory behind", async () => {
      const openAndClose = async (count: number): Promise<void> => {
        for (let index = 0; index < count; index++) await (await serve({ port: 0 })).close();
      };
      await openAndClose(100);
      const before = await usedHeap();
      await openAndClose(300);
      expect((await usedHeap()) - before).to.be.lessThan(1_000_000);
    });

    it("may come in the middle of a run, which goes on", async () => {
      await using test = await createTestEnvironment();
      const server = await serve({ port: 0 });
      const app = new App({ name: "going-on", environment: test.environment }, async function main() {
        await server.close();
        return "done";
      });
      expect(await app.update()).to.equal("done");
    });
  });

  describe("nextScrape", () => {
    it("resolves when a scrape that began later has been answered", async () => {
      await using server = await serve({ port: 0 });
      await (await fetch(`${server.url}/metrics`)).text();
      let isOver = false;
      const next = server.nextScrape().then(() => (isOver = true));
      await (await fetch(`${server.url}/healthz`)).text();
      await (await fetch(`${server.url}/metrics`, { method: "HEAD" })).text();
      await setImmediate();
      expect(isOver).to.equal(false);
      await (await fetch(`${server.url}/metrics`)).text();
      await next;
    });

    it("rejects with the reason of its signal", async () => {
      await using server = await serve({ port: 0 });
      const stop = new AbortController();
      const reason = new Error("enough");
      const next = server.nextScrape({ signal: stop.signal });
      stop.abort(reason);
      expect(await failureOf(next)).to.equal(reason);
      expect(await failureOf(server.nextScrape({ signal: stop.signal }))).to.equal(reason);
    });
  });

  it("refuses an environment of another copy of the package", async () => {
    const environment = new Proxy(new Environment({ dbPath: "x" }), {});
    expect(await failureOf(serve({ port: 0, environment }))).to.be.instanceOf(TypeError);
  });
});

/** Resolves when a server of this process gets its next request. */
function requestStart(): Promise<void> {
  return new Promise((resolve) => {
    const name = "http.server.request.start";
    const take = (): void => {
      unsubscribe(name, take);
      resolve();
    };
    subscribe(name, take);
  });
}

/** What keeps this process alive, clients aside: those of `fetch` live on for a while. */
function numHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap" || name === "Timeout").length;
}
