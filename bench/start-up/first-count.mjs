import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Environment, fn } from "tidemark";

// Runs an app of one component, and prints what has been counted as soon as anything has.
const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
const environment = new Environment({ dbPath });
const app = new App(
  { name: "bench", environment },
  fn(async function main() {}),
);
const handle = app.update();
for await (const { stats } of handle.watch()) {
  console.log(stats.total.numExecutionStarts);
  break;
}
await handle;
await environment.close();
rmSync(dbPath, { recursive: true });
