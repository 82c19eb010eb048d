import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { open } from "lmdb";
import { outputPath, render } from "./render.ts";

// Usage: bare.ts SOURCE OUTPUT STORE. The same work by a plain script with no engine: walk, stat, store get; where a file has
// changed, read, write and store put. It notices no deletion, survives no crash, counts nothing and blocks its process.
const [source, output, dbPath] = process.argv.slice(2) as [string, string, string];

interface Known {
  readonly mtimeMs: number;
  readonly size: number;
  readonly hash: string;
}

const startedAt = performance.now();
const store = open<Known, string>({ path: dbPath });
let numWritten = 0;
let committed: Promise<unknown> = Promise.resolve();

for (const folder of readdirSync(source).toSorted()) {
  mkdirSync(join(output, folder), { recursive: true });
  for (const name of readdirSync(join(source, folder)).toSorted()) {
    const path = `${folder}/${name}`;
    const { mtimeMs, size } = statSync(join(source, path));
    const known = store.get(path);
    if (known?.mtimeMs === mtimeMs && known.size === size) continue;
    const text = readFileSync(join(source, path), "utf8");
    const target = join(output, outputPath(path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, render(text));
    committed = store.put(path, { mtimeMs, size, hash: hash("sha256", text) });
    numWritten++;
  }
}
await committed;
const elapsedMs = performance.now() - startedAt;
await store.close();
const cpu = process.cpuUsage();
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ elapsedMs, cpuMs: (cpu.user + cpu.system) / 1000, peakMb, numWritten }));
