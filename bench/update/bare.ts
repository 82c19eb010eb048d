import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { outputPath, render } from "./render.ts";

// Usage: bare.ts files SOURCE OUTPUT STORE. The same work by a plain script with no engine: walk, stat, store get; where a file has
// changed, read, write and store put; where it is gone, unlink and store remove. It survives no crash, counts nothing, notices no
// change of its own code and blocks its process.
const [target, source, output, dbPath] = process.argv.slice(2) as [string, string, string, string];
if (target !== "files") throw new RangeError(`Cannot update by a bare script: TARGET must be files, got ${target}`);

interface Known {
  readonly mtimeMs: number;
  readonly size: number;
  readonly hash: string;
}

const startedAt = performance.now();
const store = open<Known, string>({ path: dbPath });
const { entryCount } = store.getStats() as { entryCount: number };
const seen = new Set<string>();
let numKnown = 0;
let committed: Promise<unknown> = Promise.resolve();

for (const folder of readdirSync(source)) {
  let hasFolder = false;
  for (const name of readdirSync(join(source, folder))) {
    const path = `${folder}/${name}`;
    const { mtimeMs, size } = statSync(join(source, path));
    const known = store.get(path);
    seen.add(path);
    if (known !== undefined) numKnown++;
    if (known?.mtimeMs === mtimeMs && known.size === size) continue;
    const text = readFileSync(join(source, path), "utf8");
    if (!hasFolder) mkdirSync(join(output, folder), { recursive: true });
    hasFolder = true;
    writeFileSync(join(output, outputPath(path)), render(text));
    committed = store.put(path, { mtimeMs, size, hash: hash("sha256", text) });
  }
}
if (numKnown < entryCount) {
  for (const path of store.getKeys()) {
    if (seen.has(path)) continue;
    rmSync(join(output, outputPath(path)));
    committed = store.remove(path);
  }
}
await committed;
const elapsedMs = performance.now() - startedAt;
await store.close();
const cpu = process.cpuUsage();
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ elapsedMs, cpuMs: (cpu.user + cpu.system) / 1000, peakMb }));
