import { join } from "node:path";
import "lmdb";
import { App, Environment, fn, mountEach } from "tidemark";
import { mountDirTarget, walkDir, type DirTarget, type File } from "tidemark/localfs";
import { mountTableTarget, type TableTarget } from "tidemark/sqlite";
import { PAGES_FILE, PAGES_TABLE } from "./pages-table.ts";
import { outputPath, render } from "./render.ts";

// Usage: tidemark.ts TARGET SOURCE OUTPUT STORE. Updates OUTPUT from SOURCE, and prints what it took.
const [target, source, output, dbPath] = process.argv.slice(2) as ["files" | "rows", string, string, string];

const processToFile = fn({ memo: true }, async function processToFile(file: File, out: DirTarget) {
  out.declareFile(outputPath(file.path), render(await file.text()));
});

interface Page {
  readonly path: string;
  readonly html: string;
}

const processToRow = fn({ memo: true }, async function processToRow(file: File, out: TableTarget<Page>) {
  out.declareRow({ path: file.path, html: render(await file.text()) });
});

const main = fn(async function main() {
  const files = walkDir(source, { include: "**/*.md" }).items();
  if (target === "files") {
    await mountEach(processToFile, files, await mountDirTarget(output));
  } else {
    const out = await mountTableTarget(join(output, PAGES_FILE), {
      table: PAGES_TABLE,
      columns: { path: "text", html: "text" },
      primaryKey: "path",
    });
    await mountEach(processToRow, files, out);
  }
});

// What the first update would load is loaded before the clock starts, as in the other programs.
await import(new URL("app/run-app.js", import.meta.resolve("tidemark")).href);

await using environment = new Environment({ dbPath });
const app = new App({ name: "bench", environment }, main);
const startedAt = performance.now();
const handle = app.update();
await handle;
const elapsedMs = performance.now() - startedAt;
const cpu = process.cpuUsage();
const { processToFile: toFile, processToRow: toRow } = handle.stats()!.byComponent;
console.log(
  JSON.stringify({
    elapsedMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    stats: toFile ?? toRow,
  }),
);
