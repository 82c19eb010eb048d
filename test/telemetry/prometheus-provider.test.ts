import { expect } from "chai";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { App, TidemarkError } from "../../lib/index.ts";
import { createPrometheusProvider, type PrometheusProvider } from "../../lib/telemetry/index.ts";
import { collectDiag } from "../diag-log.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { parsePrometheusText, sumOf, valueOf, type Sample } from "./prometheus-text.ts";

describe("createPrometheusProvider", () => {
  let prometheus: PrometheusProvider;

  beforeEach(() => {
    prometheus = createPrometheusProvider();
  });

  afterEach(() => prometheus.shutdown());

  async function samples(): Promise<Sample[]> {
    return parsePrometheusText(await prometheus.render());
  }

  it("exports the runs of an environment that is given it", async () => {
    await using test = await createTestEnvironment({ meterProvider: prometheus.meterProvider });
    const app = new App({ name: "own", environment: test.environment }, function main() {});
    await app.update();
    await app.update();
    expect(valueOf(await samples(), "tidemark_run_completions_total", { app: "own", result: "success" })).to.equal(2);
    expect(
      valueOf(await samples(), "tidemark_component_duration_seconds_count", { component: "main", outcome: "adds" }),
    ).to.equal(1);
  });

  it("keeps the buckets of seconds", async () => {
    await using test = await createTestEnvironment({ meterProvider: prometheus.meterProvider });
    await new App({ name: "own", environment: test.environment }, function main() {}).update();
    const bounds = (name: string) =>
      samples().then((all) =>
        all.filter((sample) => sample.name === `${name}_bucket`).map(({ labels }) => labels["le"]),
      );
    expect(await bounds("tidemark_component_duration_seconds")).to.include.members(["0.001", "0.25", "300", "+Inf"]);
    expect(await bounds("tidemark_run_duration_seconds")).to.include.members(["1", "60", "14400", "+Inf"]);
  });

  it("exports instruments of others as well, and its limit holds for them", async () => {
    const counter = prometheus.meterProvider.getMeter("host").createCounter("host.orders");
    for (let index = 0; index < 3000; index++) counter.add(1, { index });
    const orders = (await samples()).filter(({ name }) => name === "host_orders_total");
    expect(orders, "more than the 2,000 of the SDK").to.have.length(3000);
    expect(Object.keys(orders[0]!.labels), "no labels of meters").to.deep.equal(["index", "service_instance_id"]);
  });

  it("escapes control characters in labels and help texts of others, each series once (bug: they drove a terminal)", async () => {
    const { resourceFromAttributes } = await import("@opentelemetry/resources");
    const resource = resourceFromAttributes({ "service.instance.id": "one\u001b[2J" });
    await using named = createPrometheusProvider({ resource, scopeLabels: true });
    const meter = named.meterProvider.getMeter("host\u009b");
    const counter = meter.createCounter("orders", { description: "a\r\u001b]0;evil\u0007", unit: "\u0085" });
    const values = [
      "a\n",
      "a\r",
      "a\0",
      "a\u001b",
      "a\ud800",
      "a\ud801",
      "a\ufffd",
      String.raw`a\ud800`,
      "x".repeat(100_000),
    ];
    for (const value of values) counter.add(1, { value });
    const text = await named.render();
    expect(/[^\n\u0020-\u007e\ufffd]/u.exec(text)).to.equal(null);
    const orders = parsePrometheusText(text).filter(({ name }) => name === "orders_total");
    expect(new Set(orders.map(({ labels }) => labels["value"])).size).to.equal(values.length);
  });

  it("labels series with their meter, and tells the resource, when asked to", async () => {
    const { resourceFromAttributes } = await import("@opentelemetry/resources");
    const resource = resourceFromAttributes({ "service.name": "shop" });
    await using labelled = createPrometheusProvider({ scopeLabels: true, resource });
    for (const meter of ["left", "right"]) labelled.meterProvider.getMeter(meter).createCounter("orders").add(1);
    const all = parsePrometheusText(await labelled.render());
    expect(
      all.filter(({ name }) => name === "orders_total").map(({ labels }) => labels["otel_scope_name"]),
    ).to.deep.equal(["left", "right"]);
    expect(valueOf(all, "target_info", { service_name: "shop" })).to.equal(1);
    expect((await samples()).some(({ name }) => name === "target_info")).to.equal(false);
  });

  it("labels all series with an id of its own, or that of the resource, so that Prometheus sees a restart", async () => {
    const { resourceFromAttributes } = await import("@opentelemetry/resources");
    const idsOf = async (provider: PrometheusProvider): Promise<Set<string | undefined>> => {
      provider.meterProvider.getMeter("host").createHistogram("sizes").record(1);
      return new Set(parsePrometheusText(await provider.render()).map(({ labels }) => labels["service_instance_id"]));
    };
    await using other = createPrometheusProvider();
    const [[own, ...more], [others]] = await Promise.all([idsOf(prometheus), idsOf(other)]);
    expect(own).to.match(/^[0-9a-f-]{36}$/);
    expect(more).to.deep.equal([]);
    expect(others).not.to.equal(own);
    await using unnamed = createPrometheusProvider({ resource: resourceFromAttributes({ "service.name": "shop" }) });
    expect([...(await idsOf(unnamed))][0]).to.match(/^[0-9a-f-]{36}$/);
    const resource = resourceFromAttributes({ "service.name": "shop", "service.instance.id": "shop 1" });
    await using named = createPrometheusProvider({ resource });
    expect(await idsOf(named)).to.deep.equal(new Set(["shop 1"]));
    expect(await named.render()).to.match(/^target_info\{service_name="shop",service_instance_id="shop 1"\} 1$/m);
  });

  it("folds series beyond its bound into one, and says so once", async () => {
    using diag = collectDiag();
    await using small = createPrometheusProvider({ maxSeries: 10 });
    const counter = small.meterProvider.getMeter("host").createCounter("orders");
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 20; index++) counter.add(1, { index });
      const all = parsePrometheusText(await small.render());
      expect(sumOf(all, "orders_total"), "none is lost").to.equal(20 * (round + 1));
      expect(valueOf(all, "orders_total", { otel_metric_overflow: "true" })).to.be.greaterThan(0);
    }
    expect(diag.messages).to.have.length(1);
    expect(diag.messages[0]).to.include("more than 10 series").and.include("maxSeries");
  });

  it("bounds the series of components as well", async () => {
    using diag = collectDiag();
    await using small = createPrometheusProvider({ maxSeries: 5 });
    await using test = await createTestEnvironment({ meterProvider: small.meterProvider });
    for (let index = 0; index < 10; index++) {
      await new App({ name: `app ${index}`, environment: test.environment }, function main() {}).update();
    }
    const all = parsePrometheusText(await small.render());
    expect(sumOf(all, "tidemark_component_adds_total")).to.equal(10);
    expect(diag.messages).to.have.length(1);
  });

  it("refuses a bound that is none", () => {
    for (const maxSeries of [0, -1, 1.5, NaN]) {
      expect(() => createPrometheusProvider({ maxSeries })).to.throw(
        RangeError,
        "`maxSeries` must be a positive integer",
      );
    }
  });

  it("fails as a whole when an instrument cannot be read, and tells why", async () => {
    const gauge = prometheus.meterProvider.getMeter("host").createObservableGauge("host.broken");
    const boom = new Error("boom");
    gauge.addCallback(() => {
      throw boom;
    });
    const error = await failureOf(prometheus.render());
    expect(error).to.be.instanceOf(TidemarkError);
    expect([error.code, error.message]).to.deep.equal(["METRICS_UNAVAILABLE", "Cannot collect metrics: boom"]);
    expect(error.cause).to.equal(boom);
  });

  it("tells how busy the process is, unless that is not wanted", async () => {
    const all = await samples();
    expect(valueOf(all, "nodejs_eventloop_utilization_ratio", {})).to.be.within(0, 1);
    expect(valueOf(all, "nodejs_eventloop_delay_p99_seconds", {})).to.be.within(0, 60);
    expect(valueOf(all, "nodejs_eventloop_delay_max_seconds", {})).to.be.within(0, 60);
    expect(sumOf(all, "v8js_memory_heap_used_bytes")).to.be.within(1e6, 1e10);
    await using bare = createPrometheusProvider({ processMetrics: false });
    expect(await bare.render()).to.equal("# no registered metrics\n");
  });

  it("is not available after its end, which may be asked for twice", async () => {
    await prometheus.shutdown();
    await prometheus.shutdown();
    expect(await failureOf(prometheus.render())).to.have.property("code", "METRICS_UNAVAILABLE");
  });

  describe("handle", () => {
    async function ask(): Promise<Response> {
      const server = createServer((request, response) => void prometheus.handle(request, response));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      } finally {
        server.close();
      }
    }

    it("answers requests of a server of the host", async () => {
      const response = await ask();
      expect([response.status, response.headers.get("content-type")]).to.deep.equal([
        200,
        "text/plain; version=0.0.4; charset=utf-8",
      ]);
      parsePrometheusText(await response.text());
    });

    it("answers 500 when it fails, so that Prometheus sees the target as down", async () => {
      await prometheus.shutdown();
      const response = await ask();
      expect(response.status).to.equal(500);
      expect(await response.text()).to.match(/^Cannot collect metrics: .*\n$/);
    });
  });
});
