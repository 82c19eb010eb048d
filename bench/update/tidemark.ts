import { App, Environment, fn, mountEach } from "tidemark";
import { mountDirTarget, walkDir, type DirTarget, type File } from "tidemark/localfs";
import { outputPath, render } from "./render.ts";

// Usage: tidemark.ts SOURCE OUTPUT STORE. Updates OUTPUT from SOURCE, and prints what it took.
const [source, output, dbPath] = process.argv.slice(2) as [string, string, string];

const processFile = fn({ memo: true }, async function processFile(file: File, out: DirTarget) {
  out.declareFile(outputPath(file.path), render(await file.text()));
});

const main = fn(async function main() {
  const out = await mountDirTarget(output);
  await mountEach(processFile, walkDir(source, { include: "**/*.md" }).items(), out);
});

await using environment = new Environment({ dbPath });
const app = new App({ name: "bench", environment }, main);
const startedAt = performance.now();
const handle = app.update();
await handle;
const elapsedMs = performance.now() - startedAt;
const cpu = process.cpuUsage();
console.log(
  JSON.stringify({
    elapsedMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    stats: handle.stats()?.byComponent["processFile"],
  }),
);
