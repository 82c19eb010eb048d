import { expect } from "chai";
import { request } from "node:http";
import { hostname } from "node:os";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { serve, type ProgressServer, type ServeOptions } from "../../lib/serve/index.ts";
import { parsePrometheusText } from "../telemetry/prometheus-text.ts";
import { sendRaw } from "./raw-request.ts";

describe("serve: requests", () => {
  let server: ProgressServer;

  beforeEach(async () => {
    server = await serve({ port: 0 });
  });

  afterEach(() => server.close());

  async function isAlive(): Promise<boolean> {
    const response = await fetch(`${server.url}/healthz`);
    return response.status === 200 && (await response.text()) === "ok\n";
  }

  async function reopen(options: ServeOptions): Promise<void> {
    await server.close();
    server = await serve({ port: 0, ...options });
  }

  /** A request with headers that `fetch` does not let one set. */
  async function ask(path: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const asking = request(`${server.url}${path}`, { headers, agent: false });
    asking.end();
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    return response;
  }

  it("to /healthz are answered with 200", async () => {
    expect(await isAlive()).to.equal(true);
  });

  it("to /metrics are answered in Prometheus' text format, whatever is asked for behind it", async () => {
    for (const query of ["", "?x=1"]) {
      const response = await fetch(`${server.url}/metrics${query}`);
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.equal("text/plain; version=0.0.4; charset=utf-8");
      expect(response.headers.get("cache-control")).to.equal("no-store");
      parsePrometheusText(await response.text());
    }
  });

  it("are answered compressed to those who take that", async () => {
    const plain = await ask("/metrics", {});
    expect(plain.headers["content-encoding"]).to.equal(undefined);
    const compressed = await ask("/metrics", { "accept-encoding": "gzip" });
    expect(compressed.headers["content-encoding"]).to.equal("gzip");
    const chunks: Buffer[] = [];
    for await (const chunk of compressed) chunks.push(chunk as Buffer);
    const names = (body: string): string[] => parsePrometheusText(body).map(({ name }) => name);
    expect(names(gunzipSync(Buffer.concat(chunks)).toString())).to.deep.equal(names(await text(plain)));
    const refused = await ask("/metrics", { "accept-encoding": "gzip;q=0" });
    expect(refused.headers["content-encoding"]).to.equal(undefined);
    refused.resume();
  });

  it("for the head alone have no body", async () => {
    const response = await fetch(`${server.url}/metrics`, { method: "HEAD" });
    expect([response.status, await response.text()]).to.deep.equal([200, ""]);
  });

  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    it(`with ${method} are answered with 405 and what is allowed`, async () => {
      const response = await fetch(`${server.url}/metrics`, { method });
      expect([response.status, response.headers.get("allow")]).to.deep.equal([405, "GET, HEAD"]);
    });
  }

  for (const path of ["/metrics/", "/metric", "/favicon.ico"]) {
    it(`for ${path} are answered with 404`, async () => {
      const response = await fetch(`${server.url}${path}`);
      expect([response.status, await response.text()]).to.deep.equal([404, "Not found\n"]);
    });
  }

  // `fetch` would send none of these as it is written.
  const tricks = [
    "/../metrics/x",
    "/%2e%2e/etc/passwd",
    "/..\\x",
    "/assets/../../x",
    "/assets/..\\..\\..\\package.json",
    "/assets/%2e%2e/%2e%2e/serve.js",
    "http://127.0.0.1/../etc/passwd",
    "http://127.0.0.1/nowhere",
  ];
  for (const target of tricks) {
    it(`whose target is ${target} lead nowhere`, async () => {
      const answer = await sendRaw(
        server.port,
        `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).to.match(/^HTTP\/1\.1 40[04] [^]*\r\n\r\n(?:(?:a\r\n)?Not found\n[^]*)?$/);
      expect(await isAlive()).to.equal(true);
    });
  }

  it("are judged by their Host header when their target names another", async () => {
    const head = "GET http://127.0.0.1/metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    expect(await sendRaw(server.port, head)).to.match(/^HTTP\/1\.1 403 /);
  });

  describe("for another host", () => {
    const hosts = [
      "localhost",
      "LOCALHOST:1",
      "127.0.0.1:9464",
      "127.1.2.3",
      "[::1]:9464",
      "app.localhost:80",
      "host.docker.internal:9464",
    ];
    for (const host of hosts) {
      it(`are answered when it is ${host}, which is this machine`, async () => {
        const response = await ask("/metrics", { host });
        expect(response.statusCode).to.equal(200);
        response.resume();
      });
    }

    const foreign = ["evil.example", "evil.example:9464", "127.0.0.1.evil.example", "localhost.evil.example", "[::2]"];
    for (const host of foreign) {
      it(`are turned away with 403 when it is ${host}: its name may have been pointed here`, async () => {
        for (const path of ["/metrics", "/healthz", "/nowhere"]) {
          const response = await ask(path, { host });
          expect(response.statusCode).to.equal(403);
          expect(await text(response)).to.include("allowedHosts");
        }
      });
    }

    describe("where the server is for others too", () => {
      const near = ["192.0.2.7:9464", "[2001:db8::1]:9464", "[::1]", "tidemark:9464", hostname(), "app.localhost"];
      for (const host of near) {
        it(`are answered when it is ${host}, which nobody else can point here`, async () => {
          await reopen({ host: "0.0.0.0", insecure: true });
          const response = await ask("/metrics", { host });
          expect(response.statusCode).to.equal(200);
          response.resume();
        });
      }

      for (const host of ["evil.example", "evil.example:9464", "192.0.2.7.evil.example", "tidemark.evil.example"]) {
        it(`are turned away with 403 when it is "${host}" (bug: any page could read)`, async () => {
          await reopen({ host: "0.0.0.0", insecure: true });
          for (const path of ["/metrics", "/api/updates", "/"]) {
            const response = await ask(path, { host });
            expect(response.statusCode).to.equal(403);
            expect(await text(response)).to.include("allowedHosts");
          }
        });
      }

      it("are answered when it is allowed, or when they have the token, which no page from elsewhere has", async () => {
        await reopen({ host: "0.0.0.0", insecure: true, allowedHosts: ["metrics.example"] });
        const allowed = await ask("/metrics", { host: "metrics.example" });
        expect(allowed.statusCode).to.equal(200);
        allowed.resume();
        await reopen({ host: "0.0.0.0", token: "a-token-that-is-long" });
        for (const [authorization, status] of [
          ["Bearer a-token-that-is-long", 200],
          ["Bearer wrong", 401],
        ] as const) {
          const response = await ask("/metrics", { host: "metrics.example", authorization });
          expect(response.statusCode).to.equal(status);
          response.resume();
        }
        await reopen({ host: "0.0.0.0", token: "a-token-that-is-long", allowedHosts: ["metrics.example"] });
        const other = await ask("/metrics", { host: "evil.example", authorization: "Bearer a-token-that-is-long" });
        expect(other.statusCode).to.equal(403);
        other.resume();
      });
    });

    it("are answered when it is allowed", async () => {
      await reopen({ allowedHosts: ["metrics.Example"] });
      const response = await ask("/metrics", { host: "Metrics.example:80" });
      expect(response.statusCode).to.equal(200);
      response.resume();
    });
  });

  describe("with a token", () => {
    beforeEach(() => reopen({ token: "a-long-secret-of-1" }));

    it("are answered", async () => {
      const response = await fetch(`${server.url}/metrics`, {
        headers: { authorization: "Bearer a-long-secret-of-1" },
      });
      expect(response.status).to.equal(200);
    });

    const refused = [
      undefined,
      "Bearer a-long-secret-of-2",
      "Bearer a-long-secret-of-1x",
      "Bearer ",
      "Basic a-long-secret-of-1",
      "a-long-secret-of-1",
    ];
    for (const authorization of refused) {
      it(`are turned away when it is ${authorization ?? "missing"}`, async () => {
        const headers = authorization === undefined ? {} : { authorization };
        const response = await fetch(`${server.url}/metrics`, { headers });
        expect(response.status).to.be.oneOf([400, 401]);
        expect(response.headers.get("www-authenticate")).to.match(/^Bearer/);
        expect(await response.text()).not.to.include("nodejs_");
      });
    }

    it("are not needed for /healthz", async () => {
      expect(await isAlive()).to.equal(true);
    });
  });

  describe("that are malformed", () => {
    const requests: readonly (readonly [what: string, request: string, status: RegExp])[] = [
      ["no HTTP at all", "hello\r\n\r\n", /^HTTP\/1\.1 400 /],
      ["a path with a space", "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n", /^HTTP\/1\.1 400 /],
      ["no path", "GET // HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 40[04] /],
      ["no Host header", "GET /metrics HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /],
      [
        "a broken Host header",
        "GET /metrics HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
        /^HTTP\/1\.1 40[03] /,
      ],
      ["a broken escape", "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 40[04] /],
      [
        "headers of 20 kB",
        `GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
        /^HTTP\/1\.1 431 /,
      ],
      [
        "two lengths",
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        /^HTTP\/1\.1 400 /,
      ],
    ];
    for (const [what, bytes, status] of requests) {
      it(`because of ${what}, get a clear status, and the server lives`, async () => {
        expect(await sendRaw(server.port, bytes)).to.match(status);
        expect(await isAlive()).to.equal(true);
      });
    }

    it("because their body is huge, get 405, and the server lives", async () => {
      const head = "POST /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 50000000\r\n\r\n";
      expect(await sendRaw(server.port, head, "x".repeat(1 << 20))).to.match(/^HTTP\/1\.1 405 /);
      expect(await isAlive()).to.equal(true);
    });
  });
});
