import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Imports the package, runs an app of one component, and prints how long that took until the run had ended.
const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
const startedAt = performance.now();
const { App, Environment, fn } = await import("tidemark");
const environment = new Environment({ dbPath });
const app = new App(
  { name: "bench", environment },
  fn(async function main() {}),
);
await app.update();
const elapsedMs = performance.now() - startedAt;
await environment.close();
rmSync(dbPath, { recursive: true });
console.log(JSON.stringify({ elapsedMs }));
