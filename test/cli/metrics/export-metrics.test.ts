import { expect } from "chai";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { openOtlpReceiver } from "../../telemetry/otlp-receiver.ts";
import { parsePrometheusText, valueOf, type Sample } from "../../telemetry/prometheus-text.ts";
import { useCliFolder, type RunningCli } from "../cli-folder.ts";

const APP = `
  import { App, fn, mountEach } from "tidemark";

  const double = fn({ memo: true }, function double(value: number): number {
    if (value < 0) throw new RangeError("too small");
    return value * 2;
  });

  const main = fn(async function main(values: readonly number[]) {
    await mountEach(double, values.map((value) => [value, value] as const));
  });

  export const app = new App("numbers", main, [1, 2, 3, -1]);
`;

describe("tidemark update", () => {
  const folder = useCliFolder({ "app.ts": APP });

  /** Where the command says that its metrics are, once it waits for a last scrape. */
  async function urlOf(running: RunningCli): Promise<string> {
    let stderr = "";
    running.child.stderr!.on("data", (chunk: string) => {
      stderr += chunk;
    });
    await running.seen("Waiting for a last scrape");
    return /metrics are at (\S+)/.exec(stderr)![1]!;
  }

  async function takePort(): Promise<AsyncDisposable & { readonly port: number }> {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    return { port, [Symbol.asyncDispose]: async () => void other.close() };
  }

  async function scrape(url: string): Promise<Sample[]> {
    return parsePrometheusText(await (await fetch(url)).text());
  }

  describe("--serve", () => {
    it("serves the metrics, and with --linger waits for a scrape that has the last numbers", async () => {
      const running = folder.start("update", "app.ts", "--serve", "0", "--linger", "30");
      const url = await urlOf(running);
      const samples = await scrape(url);
      expect(valueOf(samples, "tidemark_component_adds_total", { app: "numbers", component: "double" })).to.equal(3);
      expect(valueOf(samples, "tidemark_component_errors_total", { app: "numbers", component: "double" })).to.equal(1);
      expect(valueOf(samples, "tidemark_run_completions_total", { result: "success" })).to.equal(1);
      expect((await running.outcome).code, "that of the run").to.equal(3);
    });

    it("waits for a scrape no longer than it is told to, and says that there was none", async () => {
      const { code, stderr } = await folder.run("update", "app.ts", "--serve", "0", "--linger", "0.05");
      expect(stderr).to.include("warning: No scrape came");
      expect(code).to.equal(3);
    });

    it("ends at once without --linger, and when it is interrupted while it waits", async () => {
      expect((await folder.run("update", "app.ts", "--serve", "0")).stderr).not.to.include("Waiting");
      const running = folder.start("update", "app.ts", "--serve", "0", "--linger", "60");
      await running.seen("Waiting for a last scrape");
      running.child.kill("SIGINT");
      expect((await running.outcome).code).to.equal(130);
    });

    it("prints nothing of it on standard output, so that --json stays JSON", async () => {
      const running = folder.start("update", "app.ts", "--json", "--serve", "0", "--linger", "30");
      await (await fetch(await urlOf(running))).text();
      const { stdout } = await running.outcome;
      const lines = stdout.trimEnd().split("\n");
      for (const line of lines) expect(JSON.parse(line)).to.include({ app: "numbers" });
      expect(lines.length).to.be.greaterThan(0);
    });

    it("names the port that is in use, before anything runs", async () => {
      await using taken = await takePort();
      const { code, stderr } = await folder.run("update", "app.ts", "--serve", String(taken.port));
      expect(code).to.equal(1);
      expect(stderr).to.include(`Cannot serve on 127.0.0.1:${taken.port}: the port is in use`);
      expect(await readdir(folder.path)).not.to.include(".tidemark");
    });

    it("runs without a server when the port is in use and it is optional, says so, and keeps the run's exit code", async () => {
      await using taken = await takePort();
      const args = ["--serve", String(taken.port), "--serve-optional", "--linger", "600"];
      const { code, stderr } = await folder.run("update", "app.ts", ...args);
      expect(code).to.equal(3);
      expect(stderr).to.match(
        /^warning: Cannot serve on 127\.0\.0\.1:\d+: the port is in use.*; the run goes on without$/m,
      );
      expect(stderr).to.not.include("metrics are at").and.to.not.include("Waiting");
    });

    it("wants a token of at least 16 characters", async () => {
      process.env["TIDEMARK_TOKEN"] = "fifteen-letters";
      try {
        const { code, stderr } = await folder.run("update", "app.ts", "--serve", "127.0.0.1:0");
        expect(code).to.equal(2);
        expect(stderr).to.include("TIDEMARK_TOKEN must have at least 16 characters, got 15");
      } finally {
        delete process.env["TIDEMARK_TOKEN"];
      }
    });

    it("wants a token, or --insecure, to be read from elsewhere", async () => {
      const { code, stderr } = await folder.run("update", "app.ts", "--serve", "0.0.0.0:0");
      expect(code).to.equal(2);
      expect(stderr).to.include("TIDEMARK_TOKEN").and.include("--insecure");
      expect((await folder.run("update", "app.ts", "--serve", "0.0.0.0:0", "--insecure")).code).to.equal(3);
    });
  });

  for (const args of [
    ["--linger"],
    ["--insecure"],
    ["--serve-optional"],
    ["--serve", "app.ts"],
    ["--serve", "0", "--linger", "soon"],
  ]) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { code, stderr } = await folder.run("update", "app.ts", ...args);
      expect(code).to.equal(2);
      expect(stderr).to.match(/needs --serve|It must be/);
    });
  }

  describe("--textfile", () => {
    it("puts what was counted into the place of a file, readable by others, with nothing beside it", async () => {
      await mkdir(join(folder.path, "metrics"));
      const file = join(folder.path, "metrics/numbers.prom");
      for (const [run, adds] of [3, 0].entries()) {
        const { code, stderr } = await folder.run("update", "app.ts", "-q", "--textfile", "metrics/numbers.prom");
        expect(code, stderr).to.equal(3);
        const samples = parsePrometheusText(await readFile(file, "utf8"));
        const labels = { app: "numbers", component: "double" };
        expect(valueOf(samples, "tidemark_component_adds_total", labels), `run ${run}`).to.equal(adds);
        expect(valueOf(samples, "tidemark_run_completions_total", { result: "success" })).to.equal(1);
        expect(valueOf(samples, "tidemark_run_active", {})).to.equal(0);
        expect(
          samples.every(({ labels: found }) => found["app"] === "numbers"),
          "nothing of the process",
        ).to.equal(true);
      }
      expect((await stat(file)).mode & 0o777).to.equal(0o644);
      expect(await readdir(join(folder.path, "metrics"))).to.deep.equal(["numbers.prom"]);
    });

    it("is written also when the run fails", async () => {
      await folder.write("app.ts", APP.replace("await mountEach", "throw new Error('boom'); await mountEach"));
      expect((await folder.run("update", "app.ts", "--textfile", "numbers.prom")).code).to.equal(1);
      const samples = parsePrometheusText(await readFile(join(folder.path, "numbers.prom"), "utf8"));
      expect(valueOf(samples, "tidemark_run_completions_total", { result: "error" })).to.equal(1);
    });

    it("is refused where it cannot be written, before anything runs", async () => {
      await mkdir(join(folder.path, "folder.prom"));
      await writeFile(join(folder.path, "plain"), "");
      for (const path of ["nowhere/x.prom", "folder.prom", "plain/x.prom"]) {
        const { code, stderr } = await folder.run("update", "app.ts", "--textfile", path);
        expect(code, path).to.equal(2);
        expect(stderr).to.match(/^error: --textfile /);
      }
      expect(await readdir(folder.path)).not.to.include(".tidemark");
    });
  });

  it("has the program's own meter provider export the last numbers before it ends", async () => {
    await using receiver = await openOtlpReceiver();
    const from = (name: string) => JSON.stringify(import.meta.resolve(name));
    await folder.write(
      "app.ts",
      `
      import { metrics } from ${from("@opentelemetry/api")};
      import { OTLPMetricExporter } from ${from("@opentelemetry/exporter-metrics-otlp-http")};
      import { MeterProvider, PeriodicExportingMetricReader } from ${from("@opentelemetry/sdk-metrics")};
      const exporter = new OTLPMetricExporter({ url: ${JSON.stringify(receiver.url)} });
      metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] }));
      ${APP}`,
    );
    const { code, stderr } = await folder.run("update", "app.ts", "-q");
    expect(code, stderr).to.equal(3);
    const adds = receiver
      .newest()
      .filter(({ attributes, name }) => name === "tidemark.component.adds" && attributes["component"] === "double");
    expect(adds.map(({ value }) => value)).to.deep.equal([3]);
  });
});
