import { expect } from "chai";
import { readFileSync } from "node:fs";
import { App, Environment, fn, mount, statsGroup, type UpdateRecord } from "../../lib/index.ts";
import type { ReportEvent } from "../../lib/serve/client/report-event.ts";
import { serve, type ProgressServer } from "../../lib/serve/index.ts";
import { readEvents } from "../../lib/serve/client/read-events.ts";
import { stateOf } from "../../lib/app/environment.ts";
import { FakeClock } from "../fake-clock.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { createGatedApp } from "./gated-app.ts";

interface List {
  readonly updates: readonly UpdateRecord[];
  readonly historyError: string | null;
}

describe("serve: updates", () => {
  let test: TestEnvironment;
  let server: ProgressServer;

  beforeEach(async () => {
    test = await createTestEnvironment();
    server = await serve({ port: 0, environment: test.environment });
  });

  afterEach(async () => {
    await server.close();
    await test[Symbol.asyncDispose]();
  });

  async function ask<T>(path: string): Promise<T> {
    const response = await fetch(`${server.url}${path}`);
    expect(response.status, path).to.equal(200);
    expect(response.headers.get("content-type")).to.match(/^application\/json/);
    return (await response.json()) as T;
  }

  function list(): Promise<List> {
    return ask<List>("/api/updates");
  }

  /** The events of a stream, as far as they are reports. */
  async function* follow(path: string, init?: RequestInit): AsyncGenerator<ReportEvent> {
    const response = await fetch(`${server.url}${path}`, init);
    expect(response.headers.get("content-type")).to.match(/^text\/event-stream/);
    for await (const event of readEvents(response.body!)) {
      if (event !== "alive" && event.name === "message") yield JSON.parse(event.data) as ReportEvent;
    }
  }

  it("are none before one has run", async () => {
    expect(await list()).to.deep.equal({ updates: [], historyError: null });
  });

  it("are listed in the order in which they ran, though the clock was set back (bug: by their start times)", async () => {
    const clock = new FakeClock();
    clock.shiftDate(Date.UTC(2026, 0, 1));
    stateOf(test.environment).clock = clock;
    for (const app of ["one", "two", "one", "three"]) {
      await new App({ name: app, environment: test.environment }, function main() {}).update();
      clock.shiftDate(-3_600_000);
    }
    const { updates } = await list();
    expect(updates.map(({ app }) => app)).to.deep.equal(["three", "one", "two", "one"]);
  });

  it("show the same numbers as stats(), while they run and afterwards, the newest first", async () => {
    const gated = createGatedApp(test.environment, "gated", [
      { title: null, size: 3 },
      { title: "docs", size: 4, fails: (index) => index === 1 },
      { title: "docs", size: 2 },
    ]);
    const handle = gated.app.update();
    for await (const snapshot of handle.watch()) {
      if (snapshot.stats.total.numExecutionStarts < 4) continue;
      const { updates } = await list();
      expect(updates).to.have.length(1);
      expect(updates[0]).to.deep.include({ app: "gated", status: "running", endedAt: null });
      expect(updates[0]!.snapshot.stats.total.numExecutionStarts).to.equal(4);
      break;
    }
    gated.open(10);
    await handle;
    await new App({ name: "later", environment: test.environment }, function main() {}).update();
    const { updates } = await list();
    expect(updates.map(({ app }) => app)).to.deep.equal(["later", "gated"]);
    const record = updates[1]!;
    expect(record.snapshot.stats).to.deep.equal(JSON.parse(JSON.stringify(handle.stats())));
    const groups = record.groups.map(({ snapshot, title }) => [title, snapshot.stats.total.numAdds, snapshot.final]);
    expect(groups).to.deep.equal([
      ["docs", 3, true],
      ["docs", 2, true],
    ]);
    expect(record.failures.map(({ group, path }) => [group, path])).to.deep.equal([["docs", "/[1]/1"]]);
    expect(await ask(`/api/updates/${record.id}`)).to.deep.equal(record);
  });

  it("are summed up where a list is all that is wanted", async () => {
    const gated = createGatedApp(test.environment, "gated", [
      { title: null, size: 3 },
      { title: "docs", size: 4, fails: (index) => index === 1 },
    ]);
    gated.open(10);
    await gated.app.update();
    const { updates } = await ask<{ updates: Record<string, unknown>[] }>("/api/updates?view=summary");
    expect(updates).to.have.length(1);
    expect(updates[0]).to.include({ app: "gated", status: "ready", numGroups: 1 });
    expect(updates[0]!["total"]).to.include({ numAdds: 7, numErrors: 1 });
    expect(updates[0]).not.to.have.any.keys("groups", "failures", "snapshot");
  });

  it("have no character that a terminal acts on, as JSON and as events", async () => {
    const title = "a\u009b2J\u001b[2J\u2028\u202e";
    const name = "hostile\u0085";
    const run = async (): Promise<void> => {
      await statsGroup(title, () =>
        mount(
          "only",
          fn({ name }, () => {}),
        ),
      );
    };
    await new App({ name: "app", environment: test.environment }, run).update();
    const [record] = (await list()).updates;
    expect(record!.groups[0]!.title).to.equal(title);
    for (const path of ["/api/updates", "?view=summary", `/${record!.id}`, `/${record!.id}/events`]) {
      const url = `${server.url}${path.startsWith("/api") ? "" : "/api/updates"}${path}`;
      expect(/[^\n\u0020-\u007e]/u.exec(await (await fetch(url)).text()), path).to.equal(null);
    }
  });

  it("of more than a thousand groups are summed up in full (bug: the oldest were left out)", async () => {
    const app = new App({ name: "many", environment: test.environment }, async function main() {
      for (let index = 0; index < 1200; index++) {
        const group = statsGroup(`group ${index}`, () => mount(index, function work() {}));
        await (await group).ready();
      }
    });
    await app.update();
    const { updates } = await ask<{ updates: Record<string, unknown>[] }>("/api/updates?view=summary");
    expect(updates[0]).to.include({ status: "ready", numGroups: 1200 });
    expect(updates[0]!["total"]).to.include({ numAdds: 1201 });
    const [stored] = await test.environment.updates("many");
    expect([stored!.groups.length, stored!.forgotten?.numGroups]).to.deep.equal([999, 201]);
  });

  it("of earlier processes are told from the store", async () => {
    const app = new App({ name: "app", environment: test.environment }, function main() {});
    await app.update();
    const [record] = (await list()).updates;
    await test.environment.close();
    await using environment = new Environment({ dbPath: test.environment.dbPath });
    await using later = await serve({ port: 0, environment });
    const response = await fetch(`${later.url}/api/updates`);
    expect(await response.json()).to.deep.equal({ updates: [record], historyError: null });
    const events = await (await fetch(`${later.url}/api/updates/${record!.id}/events`)).text();
    expect(events).to.match(/^id: end\ndata: .*"final":true.*\n\n$/);
  });

  it("are those of the server's environment only, or of all", async () => {
    await using other = await createTestEnvironment();
    await using all = await serve({ port: 0 });
    await new App({ name: "here", environment: test.environment }, function main() {}).update();
    await new App({ name: "elsewhere", environment: other.environment }, function main() {}).update();
    expect((await list()).updates.map(({ app }) => app)).to.deep.equal(["here"]);
    const { updates } = (await (await fetch(`${all.url}/api/updates`)).json()) as List;
    expect(updates.map(({ app }) => app)).to.include.members(["here", "elsewhere"]);
    const { id } = updates.find(({ app }) => app === "elsewhere")!;
    expect((await fetch(`${server.url}/api/updates/${id}`)).status).to.equal(404);
    expect((await fetch(`${server.url}/api/updates/${id}/events`)).status).to.equal(404);
  });

  it("are still told when the store cannot be read", async () => {
    await new App({ name: "app", environment: test.environment }, function main() {}).update();
    await test.environment.close();
    const { historyError, updates } = await list();
    expect(updates.map(({ app }) => app)).to.deep.equal(["app"]);
    expect(historyError).to.include("closed");
  });

  it("stream their counts, and end with the final ones", async () => {
    const gated = createGatedApp(test.environment, "gated", [{ title: "docs", size: 5 }]);
    const handle = gated.app.update();
    for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts === 1) break;
    const { id } = (await list()).updates[0]!;
    const events: ReportEvent[] = [];
    for await (const event of follow(`/api/updates/${id}/events`)) {
      events.push(event);
      if (event.group === "docs" && event.stats.total.numInProgress === 5) gated.open(5);
    }
    expect(events.every(({ update }) => update === id)).to.equal(true);
    const finals = events.filter(({ final }) => final);
    expect(finals.map(({ group }) => group)).to.include.members(["docs"]);
    expect(events.at(-1)).to.deep.include({ group: null, groupIndex: null, final: true, status: "ready" });
    expect(events.at(-1)!.stats).to.deep.equal(JSON.parse(JSON.stringify(handle.stats())));
    await handle;
  });

  it("tell a client that has the last event that there is nothing more", async () => {
    await new App({ name: "app", environment: test.environment }, function main() {}).update();
    const { id } = (await list()).updates[0]!;
    const events = `${server.url}/api/updates/${id}/events`;
    expect((await fetch(events, { headers: { "Last-Event-ID": "end" } })).status).to.equal(204);
    expect((await fetch(events, { headers: { "Last-Event-ID": "abcdef01.3" } })).status).to.equal(200);
  });

  it("that are not known are answered with 404", async () => {
    for (const path of ["/api/updates/nobody", "/api/updates/nobody/events", "/api/updates/..%2f..%2fetc", "/api"]) {
      expect((await fetch(`${server.url}${path}`)).status, path).to.equal(404);
    }
  });

  it("are not for pages from elsewhere", async () => {
    for (const path of ["/api/updates", "/api/events"]) {
      const response = await fetch(`${server.url}${path}`, { headers: { origin: "https://evil.example" } });
      expect(response.status, path).to.equal(403);
      expect(response.headers.get("access-control-allow-origin")).to.equal(null);
    }
    const own = await fetch(`${server.url}/api/updates`, { headers: { origin: server.url } });
    expect(own.status).to.equal(200);
  });

  it("need the token, where there is one", async () => {
    await using locked = await serve({ port: 0, token: "a-token-that-is-long" });
    for (const path of ["/api/updates", "/api/events", "/api/updates/x", "/api/updates/x/events"]) {
      expect((await fetch(`${locked.url}${path}`)).status, path).to.equal(401);
    }
    const headers = { authorization: "Bearer a-token-that-is-long" };
    expect((await fetch(`${locked.url}/api/updates`, { headers })).status).to.equal(200);
    expect((await fetch(`${locked.url}/`)).status, "the page asks for it").to.equal(200);
  });

  it("are answered for the head alone without a stream", async () => {
    const response = await fetch(`${server.url}/api/events`, { method: "HEAD" });
    expect([response.status, await response.text()]).to.deep.equal([200, ""]);
  });

  describe("the page", () => {
    it("comes with the licences of the packages in its script, which names their file", async () => {
      const html = await (await fetch(`${server.url}/`)).text();
      const script = /src="\.(\/[^"]+\.js)"/.exec(html)![1]!;
      const code = await (await fetch(`${server.url}${script}`)).text();
      const file = /see (\S+) beside this file/.exec(code.slice(0, 200))![1]!;
      const answer = await fetch(new URL(file, `${server.url}${script}`));
      expect(answer.headers.get("content-type")).to.equal("text/plain; charset=utf-8");
      const texts = await answer.text();
      for (const name of ["preact", "uplot"]) {
        expect(texts).to.include(readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim());
      }
    });

    it("comes with a strict policy, and nothing beside its files is served", async () => {
      const response = await fetch(`${server.url}/`);
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.equal("text/html; charset=utf-8");
      const policy = response.headers.get("content-security-policy");
      expect(policy).to.include("default-src 'none'").and.to.include("frame-ancestors 'none'");
      expect(policy).not.to.include("unsafe");
      const html = await response.text();
      const files = [...html.matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path]) => path!);
      expect(files).to.have.length(3);
      for (const path of files) expect((await fetch(`${server.url}${path}`)).status, path).to.equal(200);
      expect(html).not.to.match(/https?:/);
    });

    for (const path of [
      "/index.html",
      "/assets/",
      "/assets/..%2findex.html",
      "/assets/%2e%2e%2fserve.js",
      "/serve.js",
    ]) {
      it(`has nothing at ${path}`, async () => {
        expect((await fetch(`${server.url}${path}`)).status).to.equal(404);
      });
    }
  });
});
