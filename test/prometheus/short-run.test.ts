import { expect } from "chai";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { METRICS } from "../../grafana/src/metrics.ts";
import { createCliFolder } from "../cli/cli-folder.ts";
import { requireProgram } from "../require-program.ts";
import { startPrometheus } from "./prometheus.ts";

const PIPELINE = `
  import { App, fn, mount, statsGroup } from "tidemark";
  const index = fn(function index(name) {
    if (name === "broken") throw new Error("broken");
  });
  export const app = new App("short", async function main() {
    await statsGroup("Indexing", async () => {
      for (const name of ["a", "b", "c", "broken"]) await mount(name, index, name);
    });
  });
`;

describe("A run of the command line that is over before Prometheus looks", () => {
  it("is seen to its last number with --linger", async function () {
    this.timeout(60_000);
    requireProgram(this, "prometheus");
    await using folder = await createCliFolder();
    await folder.write("pipeline.ts", PIPELINE);
    const port = await findFreePort();
    await using prometheus = await startPrometheus([`127.0.0.1:${port}`]);
    const { code, stderr } = await folder.run("update", "pipeline.ts", "--serve", String(port), "--linger", "30");
    expect(code, stderr).to.equal(3);
    for (const [metric, expected] of [
      [METRICS.starts, 5],
      [METRICS.adds, 4],
      [METRICS.errors, 1],
      [`${METRICS.runCompletions}{result="success"}`, 1],
    ] as const) {
      const [total] = await prometheus.query(`sum(last_over_time(${metric}[1m]))`);
      expect(total?.values, metric).to.deep.equal([expected]);
    }
  });
});

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
