import { expect } from "chai";
import { METRICS } from "../../grafana/src/metrics.ts";
import { serve } from "../../lib/serve/index.ts";
import { requireProgram } from "../require-program.ts";
import { HOSTILE_NAMES, labelsOf, runHostile } from "../serve/hostile-names.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { startPrometheus } from "./prometheus.ts";

describe("Hostile titles and names", () => {
  it("are stored by a real Prometheus as they are exported, each in a series of its own", async function () {
    this.timeout(60_000);
    requireProgram(this, "prometheus");
    await using test = await createTestEnvironment();
    await using server = await serve({ port: 0, environment: test.environment });
    await using prometheus = await startPrometheus([`127.0.0.1:${server.port}`]);
    for (const hostile of HOSTILE_NAMES) await runHostile(hostile, test.environment);
    await prometheus.untilScraped();
    const match = `${METRICS.adds}{component!="main"}`;
    const stored = await prometheus.get<Record<string, string>[]>("series", { "match[]": match });
    const names = stored.map(({ app, component, group }) => ({ app, component, group }));
    expect(names).to.have.deep.members(HOSTILE_NAMES.map(labelsOf));
    const counted = await prometheus.query(match);
    expect(counted.map(({ values }) => values[0])).to.deep.equal(HOSTILE_NAMES.map(() => 1));
  });
});
