import { expect } from "chai";
import { serve, type ProgressServer } from "../../lib/serve/index.ts";
import { readEvents } from "../../lib/serve/client/read-events.ts";
import { failureOf } from "../state/failure-of.ts";

describe("serve: pages from other origins", () => {
  const origin = "https://dashboard.example";
  const paths = ["/api/updates", "/api/events", "/metrics", "/healthz"];
  let server: ProgressServer;

  afterEach(() => server.close());

  async function ask(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`${server.url}${path}`, init);
    if (path !== "/api/events") await response.arrayBuffer();
    return response;
  }

  it("may not read, and get no CORS headers, unless they are allowed", async () => {
    server = await serve({ port: 0, allowedOrigins: [origin] });
    for (const other of [
      "https://evil.example",
      "http://dashboard.example",
      `${origin}:444`,
      `${origin}.evil`,
      "null",
    ]) {
      for (const method of ["GET", "OPTIONS"]) {
        const response = await ask("/api/updates", { method, headers: { origin: other } });
        expect(response.status, `${method} from ${other}`).to.equal(403);
        expect(response.headers.get("access-control-allow-origin")).to.equal(null);
      }
    }
  });

  it("may read when they are allowed, also the events", async () => {
    server = await serve({ port: 0, allowedOrigins: [origin, "http://127.0.0.1:8080"] });
    for (const path of paths) {
      const response = await ask(path, { headers: { origin, "sec-fetch-site": "cross-site" } });
      expect(response.status, path).to.equal(200);
      expect(response.headers.get("access-control-allow-origin"), path).to.equal(origin);
      expect(response.headers.get("access-control-allow-credentials"), path).to.equal(null);
      if (path !== "/api/events") continue;
      for await (const event of readEvents(response.body!)) {
        if (event === "alive") continue;
        expect(event.name).to.equal("hello");
        break;
      }
    }
  });

  it("are told before they ask with a token that they may", async () => {
    server = await serve({ port: 0, allowedOrigins: [origin], token: "a-token-that-is-long" });
    const asked = { "access-control-request-method": "GET", "access-control-request-headers": "authorization" };
    const response = await ask("/api/events", { method: "OPTIONS", headers: { origin, ...asked } });
    expect(response.status).to.equal(204);
    expect(response.headers.get("access-control-allow-origin")).to.equal(origin);
    expect(response.headers.get("access-control-allow-methods")).to.equal("GET,HEAD");
    expect(response.headers.get("access-control-allow-headers")).to.equal("Authorization,Last-Event-ID");
    const refused = await ask("/api/updates", { headers: { origin } });
    expect(refused.status).to.equal(401);
    expect(refused.headers.get("access-control-allow-origin"), "the page can tell why").to.equal(origin);
    const headers = { origin, authorization: "Bearer a-token-that-is-long" };
    expect((await ask("/api/updates", { headers })).status).to.equal(200);
  });

  for (const wrong of ["*", "dashboard.example", `${origin}/`, `${origin}/page`, "https://Dashboard.example", "", 5]) {
    it(`are refused as an option when one is ${JSON.stringify(wrong)}`, async () => {
      server = await serve({ port: 0 });
      const error = await failureOf(serve({ port: 0, allowedOrigins: [origin, wrong as string] }));
      expect(error).to.be.instanceOf(TypeError);
      expect(error.message).to.match(/^Cannot serve: `allowedOrigins` /);
    });
  }
});
