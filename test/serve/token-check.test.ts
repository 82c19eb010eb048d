import type { HttpBindings } from "@hono/node-server";
import { expect } from "chai";
import { Hono } from "hono";
import { listen, type Listener } from "../../lib/serve/listener.ts";
import { checkToken } from "../../lib/serve/token-check.ts";
import { FakeClock } from "../fake-clock.ts";
import { until } from "../until.ts";

describe("checkToken", () => {
  const TOKEN = "a-token-that-is-long";
  let clock: FakeClock;
  let listener: Listener;

  beforeEach(async () => {
    clock = new FakeClock();
    const routes = new Hono<{ Bindings: HttpBindings }>();
    routes.use(checkToken(TOKEN, clock));
    routes.get("/", (context) => context.text("answered"));
    listener = await listen({ host: "127.0.0.1", port: 0 }, routes.fetch);
  });

  afterEach(() => listener.close());

  function ask(token: string | undefined, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return fetch(`http://127.0.0.1:${listener.address.port}/`, { headers, signal: signal ?? null });
  }

  function untilDelayed(number: number): Promise<void> {
    return until(() => clock.due.length === number, { explain: () => clock.due });
  }

  it("answers a request without a token at once, and a wrong token after a delay", async () => {
    expect((await ask(undefined)).status).to.equal(401);
    let isAnswered = false;
    const wrong = ask("wrong").finally(() => (isAnswered = true));
    await untilDelayed(1);
    expect([clock.due, isAnswered]).to.deep.equal([[250], false]);
    clock.advance(250);
    const { headers, status } = await wrong;
    expect([status, headers.get("www-authenticate")]).to.deep.equal([401, 'Bearer error="invalid_token"']);
  });

  for (const token of [`${TOKEN}x`, TOKEN.slice(0, -1), TOKEN.toUpperCase(), `x${TOKEN.slice(1)}`]) {
    it(`takes ${token} for wrong`, async () => {
      const wrong = ask(token);
      await untilDelayed(1);
      clock.advance(250);
      expect((await wrong).status).to.equal(401);
    });
  }

  it("answers the right token at once while wrong ones wait, and more wrong ones with 429", async () => {
    const waiting = Array.from({ length: 10 }, () => ask("wrong"));
    await untilDelayed(10);
    const refused = await ask("wrong");
    expect([refused.status, refused.headers.get("retry-after")]).to.deep.equal([429, "4"]);
    expect(await refused.text()).to.equal("Too many wrong tokens\n");
    const right = await ask(TOKEN);
    expect([right.status, await right.text()]).to.deep.equal([200, "answered"]);
    clock.advance(4000);
    expect((await Promise.all(waiting)).map(({ status }) => status)).to.deep.equal(
      Array.from({ length: 10 }, () => 401),
    );
  });

  it("stops the delay when the client leaves", async () => {
    const leaving = new AbortController();
    const wrong = ask("wrong", leaving.signal).catch((error: unknown) => error);
    await untilDelayed(1);
    leaving.abort();
    expect(await wrong).to.have.property("name", "AbortError");
    await untilDelayed(0);
  });
});
