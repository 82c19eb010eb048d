import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Environment, fn, mountEach, type UpdateHandle } from "tidemark";
import { mountDirTarget, walkDir, type DirTarget, type File } from "tidemark/localfs";
import { outputPath, render } from "../update/render.ts";

// Usage: follow.ts SOURCE OUTPUT STORE SAVES BURST. Follows SOURCE, and prints how long it takes until changes are in OUTPUT.
const [source, output, dbPath, saves, burst] = process.argv.slice(2) as [string, string, string, string, string];

/** An editor is not quicker than that. */
const PAUSE_MS = 50;

const processFile = fn({ memo: true }, async function processFile(file: File, out: DirTarget) {
  out.declareFile(outputPath(file.path), render(await file.text()));
});

const main = fn(async function main() {
  const out = await mountDirTarget(output);
  await mountEach(processFile, walkDir(source, { include: "**/*.md", live: true }).items(), out);
});

await using environment = new Environment({ dbPath });
const handle = new App({ name: "bench", environment }, main).update({ live: true });
await caughtUp(handle, (finished) => finished > 0);
const idleCpuMs = await cpuOf(2000);
const paths = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));
const inPlace: number[] = [];
const byRename: number[] = [];
for (let round = 0; round < Number(saves); round++) {
  const path = paths[(round * 7919) % paths.length]!;
  inPlace.push(await timeSave(path, `saved ${round}`, (location, text) => writeFileSync(location, text)));
  byRename.push(
    await timeSave(path, `renamed ${round}`, (location, text) => {
      writeFileSync(`${location}.tmp`, text);
      renameSync(`${location}.tmp`, location);
    }),
  );
}
const made = await timeBurst(() => {
  for (let index = 0; index < Number(burst); index++) {
    if (index % 100 === 0) mkdirSync(join(source, `burst/${index}`), { recursive: true });
    writeFileSync(join(source, `burst/${index - (index % 100)}/${index}.md`), `# Burst ${index}\n`);
  }
});
const removed = await timeBurst(() => rmSync(join(source, "burst"), { recursive: true }));
await handle.stop();
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ inPlace, byRename, made, removed, idleCpuMs, peakMb: maxRSS / 1024 }));

/** From before a file is saved until its result has the new content, in milliseconds. */
async function timeSave(path: string, text: string, save: (location: string, text: string) => void): Promise<number> {
  const target = join(output, outputPath(path));
  const wanted = render(text);
  const applied = Promise.withResolvers<number>();
  const watcher = watch(join(target, ".."), () => {
    const at = performance.now();
    if (readFileSync(target, "utf8") === wanted) applied.resolve(at);
  });
  const startedAt = performance.now();
  save(join(source, path), text);
  const elapsedMs = (await applied.promise) - startedAt;
  watcher.close();
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  return elapsedMs;
}

/** How long changes of many files take themselves, and from then on until all results are there, in milliseconds. */
async function timeBurst(change: () => void): Promise<{ changeMs: number; elapsedMs: number }> {
  const before = handle.stats()!.total.numFinished;
  const startedAt = performance.now();
  change();
  const changedAt = performance.now();
  await caughtUp(handle, (finished) => finished >= before + Number(burst));
  return { changeMs: changedAt - startedAt, elapsedMs: performance.now() - changedAt };
}

async function caughtUp(followed: UpdateHandle<void>, isEnough: (numFinished: number) => boolean): Promise<void> {
  for await (const { stats, status } of followed.watch()) {
    if (status === "ready" && isEnough(stats.total.numFinished)) return;
  }
}

/** The CPU time that this process takes while it has nothing to do, in milliseconds a second. */
async function cpuOf(ms: number): Promise<number> {
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ms;
}
