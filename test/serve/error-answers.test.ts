import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { createRoutes, type RoutesOptions } from "../../lib/serve/routes.ts";
import { Scrapes } from "../../lib/serve/scrapes.ts";
import { serve, type ProgressServer, type ServeOptions } from "../../lib/serve/index.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  /** The body as its label says that it is encoded. */
  readonly body: string;
}

/** Asks with a header that says that gzip is taken. */
async function ask(server: ProgressServer, method: string, path: string, headers: object = {}): Promise<Answer> {
  const asking = request(`${server.url}${path}`, {
    method,
    headers: { "accept-encoding": "gzip", ...headers },
    agent: false,
  });
  asking.end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const bytes = await buffer(response);
  return { status: response.statusCode, headers: response.headers, body: decode(response.headers, bytes) };
}

function decode(headers: Readonly<Record<string, unknown>>, bytes: Buffer): string {
  const isGzip = headers["content-encoding"] === "gzip";
  expect(isGzip || headers["content-encoding"] === undefined).to.equal(true);
  // A label without a body would have a client wait for a header of gzip, too.
  return isGzip ? gunzipSync(bytes).toString() : bytes.toString();
}

describe("serve: answers that tell of an error", () => {
  const EVIL = { origin: "https://evil.example" };
  const CASES: readonly [
    method: string,
    path: string,
    headers: object,
    status: number,
    body: RegExp,
    options?: ServeOptions,
  ][] = [
    ["POST", "/metrics", {}, 405, /^Method Not Allowed/],
    ["POST", "/", {}, 405, /^Method Not Allowed/],
    ["DELETE", "/api/updates", {}, 405, /^Method Not Allowed/],
    ["PUT", "/api/updates/x", {}, 405, /^Method Not Allowed/],
    ["PATCH", "/api/events", {}, 405, /^Method Not Allowed/],
    ["OPTIONS", "/healthz", {}, 405, /^Method Not Allowed/],
    ["TRACE", "/metrics", {}, 405, /^Method Not Allowed/],
    ["GET", "/nothing", {}, 404, /^Not found/],
    ["HEAD", "/nothing", {}, 404, /^$/],
    ["POST", "/nothing", {}, 404, /^Not found/],
    ["GET", "/%zz", {}, 404, /^Not found/],
    ["GET", "/assets/nothing.js", {}, 404, /^Not found/],
    ["GET", "/api/updates/nothing", {}, 404, /^Not found/],
    ["HEAD", "/api/updates/nothing", {}, 404, /^$/],
    ["GET", "/api/updates/nothing/events", {}, 404, /^Not found/],
    ["GET", "/metrics", { host: "evil.example" }, 403, /^This server does not answer for the host/],
    ["POST", "/metrics", { host: "evil.example" }, 403, /^This server does not answer for the host/],
    ["HEAD", "/metrics", { host: "evil.example" }, 403, /^$/],
    ["GET", "/metrics", EVIL, 403, /^This server does not answer to pages/],
    ["POST", "/metrics", EVIL, 403, /^This server does not answer to pages/],
    ["GET", "/metrics", {}, 401, /^Unauthorized/, { token: "a-token-that-is-long" }],
    ["POST", "/metrics", {}, 401, /^Unauthorized/, { token: "a-token-that-is-long" }],
    ["HEAD", "/metrics", {}, 401, /^$/, { token: "a-token-that-is-long" }],
    ["GET", "/metrics", { authorization: "Bearer wrong" }, 401, /^Unauthorized/, { token: "a-token-that-is-long" }],
    [
      "POST",
      "/metrics",
      { authorization: "Bearer a-token-that-is-long" },
      405,
      /^Method/,
      { token: "a-token-that-is-long" },
    ],
  ];
  for (const [method, path, headers, status, body, options] of CASES) {
    const shown = Object.keys(headers).length === 0 ? "" : ` with ${JSON.stringify(headers)}`;
    it(`are in the encoding that they are labelled with: ${status} for ${method} ${path}${shown}`, async () => {
      await using server = await serve({ port: 0, ...options });
      const answer = await ask(server, method, path, headers);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.match(body);
      expect(answer.headers["cache-control"]).to.equal("no-store");
      if (status === 405) expect(answer.headers.allow).to.equal("GET, HEAD");
    });
  }

  it("have no label where the client takes no gzip", async () => {
    await using server = await serve({ port: 0 });
    for (const path of ["/metrics", "/nothing"]) {
      const { headers } = await ask(server, "POST", path, { "accept-encoding": "identity" });
      expect(headers["content-encoding"]).to.equal(undefined);
    }
  });

  it("do not depend on conditions of the request", async () => {
    await using server = await serve({ port: 0 });
    for (const headers of [
      { "if-none-match": "*" },
      { "if-modified-since": new Date(0).toUTCString() },
      { range: "bytes=0-1" },
    ]) {
      expect(await ask(server, "GET", "/metrics", headers)).to.have.property("status", 200);
      expect(await ask(server, "POST", "/metrics", headers)).to.include({ status: 405, body: "Method Not Allowed" });
    }
  });

  const FAILING: readonly [path: string, status: number, body: string][] = [
    ["/metrics", 500, "no numbers\n"],
    ["/api/events", 503, "Too many clients follow already\n"],
  ];
  for (const [path, status, body] of FAILING) {
    it(`are in the encoding that they are labelled with: ${status} for GET ${path}`, async () => {
      const routes = createRoutes({
        renderMetrics: () => Promise.reject(new Error("no numbers")),
        metricsContentType: "text/plain",
        scrapes: new Scrapes(),
        updates: undefined as never,
        hub: { isFull: true } as RoutesOptions["hub"],
        hosts: { allowedHosts: "any", isLocal: true },
        allowedOrigins: [],
        token: undefined,
      });
      const env = { incoming: { method: "GET" }, outgoing: {} };
      const response = await routes.request(path, { headers: { "accept-encoding": "gzip" } }, env);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.status).to.equal(status);
      expect(decode(Object.fromEntries(response.headers), bytes)).to.equal(body);
    });
  }
});
