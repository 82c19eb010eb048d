import { expect } from "chai";
import { serve, type ProgressServer } from "../../../lib/serve/index.ts";
import { createGatedApp, type GatedGroup } from "../../serve/gated-app.ts";
import { failureOf } from "../../state/failure-of.ts";
import { createTestEnvironment, type TestEnvironment } from "../../test-environment.ts";
import { createCliFolder, type CliFolder } from "../cli-folder.ts";

describe("tidemark watch", function () {
  this.timeout(60_000);
  let folder: CliFolder;
  let test: TestEnvironment;
  let server: ProgressServer;

  beforeEach(async () => {
    folder = await createCliFolder();
    test = await createTestEnvironment();
    server = await serve({ port: 0, environment: test.environment });
  });

  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
    await server.close();
    await test[Symbol.asyncDispose]();
  });

  async function start(
    groups: readonly GatedGroup[],
    signal?: AbortSignal,
  ): Promise<{ open(count: number): void; result: Promise<unknown> }> {
    const gated = createGatedApp(test.environment, "demo", groups);
    const handle = gated.app.update(signal === undefined ? {} : { signal });
    const result = handle.result();
    result.catch(() => {});
    for await (const { stats } of handle.watch()) if (stats.total.numExecutionStarts > 0) break;
    return { result, open: (count) => gated.open(count) };
  }

  it("shows a run of another process with its groups, and ends with it", async () => {
    const run = await start([
      { title: null, size: 3 },
      { title: "Indexing docs", size: 5 },
    ]);
    const watching = folder.start("watch", server.url, "--once");
    await watching.seen("Watching an update of demo");
    run.open(5);
    await run.result;
    const { code, stderr, stdout } = await watching.outcome;
    expect(stdout).to.match(/\[Stats: Indexing docs\]\n✓ work: 5 total \| 5 added\n/);
    expect(stdout).to.match(/✓ main: 1 total \| 1 added\n✓ work: 3 total \| 3 added\n/);
    expect(stderr).to.equal("Watching an update of demo\n");
    expect(code).to.equal(0);
  });

  it("ends with 3 when components have failed, and says why", async () => {
    const run = await start([{ title: "docs", size: 4, fails: (index) => index > 1 }]);
    const watching = folder.start("watch", server.url, "--once");
    await watching.seen("Watching");
    run.open(4);
    await run.result;
    const { code, stdout } = await watching.outcome;
    expect(stdout)
      .to.include("work: 4 total | 2 added, 2 errors")
      .and.to.include("2 times TypeError: row … is damaged");
    expect(code).to.equal(3);
  });

  it("ends with 1 when the run was stopped", async () => {
    const stop = new AbortController();
    const run = await start([{ title: null, size: 2 }], stop.signal);
    const watching = folder.start("watch", server.url, "--once");
    await watching.seen("Watching");
    stop.abort(new Error("enough"));
    await failureOf(run.result);
    const { code, stdout } = await watching.outcome;
    expect(stdout).to.include("enough");
    expect(code).to.equal(1);
  });

  it("survives a restart of the server", async () => {
    const run = await start([{ title: "docs", size: 6 }]);
    const watching = folder.start("watch", server.url, "--once");
    await watching.seen("Watching");
    const { port } = server;
    await server.close();
    await watching.seen("trying again");
    run.open(3);
    server = await serve({ port, environment: test.environment });
    await watching.seen(`Connected to ${server.url}/ again`);
    run.open(6);
    await run.result;
    const { code, stdout } = await watching.outcome;
    expect(stdout).to.include("✓ work: 6 total | 6 added");
    expect(code).to.equal(0);
  });

  it("survives that the process is killed and started again", async () => {
    await using served = await createCliFolder();
    const writeApp = (name: string): Promise<void> =>
      served.write(
        "app.ts",
        `import { existsSync } from "node:fs";
        import { setTimeout } from "node:timers/promises";
        import { App, fn, mount } from "tidemark";
        const wait = fn(async function wait() {
          while (!existsSync("go")) await setTimeout(20);
        });
        export const app = new App("${name}", fn(async function main() { await mount(wait); }));`,
      );
    await writeApp("first");
    const first = served.start("update", "app.ts", "--serve", "0");
    await first.seen("metrics are at");
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(first.stderr)!;
    const watching = folder.start("watch", `127.0.0.1:${port}`);
    await watching.seen("Watching an update of first");
    first.child.kill("SIGKILL");
    await watching.seen("trying again");
    await writeApp("second");
    const second = served.start("update", "app.ts", "--serve", port!, "--linger", "30");
    await watching.seen("Watching an update of second");
    await served.write("go", "");
    await second.seen("Waiting for a last scrape");
    // After the scrape the server closes: an end that was not loaded by then is lost with it.
    await watching.until(() => watching.stdout.includes("✓ wait: 1 total | 1 added"));
    await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect((await second.outcome).code).to.equal(0);
    await watching.seen("trying again", 2);
    watching.child.kill("SIGINT");
    const { stderr, stdout } = await watching.outcome;
    expect(stderr).to.include(`Connected to http://127.0.0.1:${port}/ again`);
    expect(stdout).to.include("✗ Failed: its process is gone\n");
    expect(stdout).to.match(/✓ main: 1 total \| 1 added\n✓ wait: 1 total \| 1 added\n/);
  });

  it("waits for a server and for a run, and goes on after one until it is interrupted", async () => {
    const { port, url } = server;
    await server.close();
    const watching = folder.start("watch", `127.0.0.1:${port}`);
    await watching.seen("nothing listens there");
    server = await serve({ port, environment: test.environment });
    await watching.seen(`No update is running at ${url}/: waiting for one`);
    for (let round = 0; round < 2; round++) {
      const run = await start([{ title: `round ${round}`, size: 2 }]);
      run.open(2);
      await run.result;
    }
    const last = await start([{ title: "last", size: 1 }]);
    await watching.seen("Watching an update of demo");
    watching.child.kill("SIGINT");
    const { code, stdout } = await watching.outcome;
    expect(code).to.equal(130);
    expect(stdout).to.include("■ Interrupted: no longer watched, the run goes on\n").and.to.not.include("Failed");
    last.open(1);
    await last.result;
  });

  it("says that a token is wanted, and takes it from TIDEMARK_TOKEN", async () => {
    await server.close();
    server = await serve({ port: 0, environment: test.environment, token: "a-token-that-is-long" });
    const { code, stderr } = await folder.run("watch", server.url);
    expect(stderr).to.include("set TIDEMARK_TOKEN");
    expect(code).to.equal(2);
    const run = await start([{ title: null, size: 1 }]);
    process.env["TIDEMARK_TOKEN"] = "a-token-that-is-long";
    try {
      const watching = folder.start("watch", server.url, "--once");
      await watching.seen("Watching");
      run.open(1);
      expect((await watching.outcome).code).to.equal(0);
    } finally {
      delete process.env["TIDEMARK_TOKEN"];
      await run.result;
    }
  });

  for (const url of ["ftp://example.org", "http://", "http://a b"]) {
    it(`refuses ${url}`, async () => {
      const { code, stderr } = await folder.run("watch", url);
      expect(stderr).to.include("must be the URL");
      expect(code).to.equal(2);
    });
  }
});
