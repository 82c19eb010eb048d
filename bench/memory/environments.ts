import { rm } from "node:fs/promises";
import { join } from "node:path";
import { App, Environment, fn, mount } from "tidemark";

// Opens and closes environments, each with an update of its own store, and prints the memory of the process in MB after each thousand:
// node --expose-gc bench/memory/environments.ts FOLDER [COUNT]
const [folder = "", count = "6000"] = process.argv.slice(2);
if (folder === "") throw new Error("Usage: environments.ts FOLDER [COUNT]");

const doc = fn({ memo: true }, function doc(text: string) {
  return text;
});

for (let index = 0; index <= Number(count); index += 1) {
  const dbPath = join(folder, `store-${index}`);
  {
    await using environment = new Environment({ name: `environment ${index}`, dbPath });
    await new App({ name: "app", environment }, () => mount(doc, "text")).update().result();
  }
  await rm(dbPath, { recursive: true });
  if (index % 1000 === 0) printMemory(index);
}

function printMemory(numEnvironments: number): void {
  globalThis.gc?.();
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage();
  const [rssMb, heapMb, buffersMb] = [rss, heapUsed, arrayBuffers].map((bytes) => (bytes / 1024 / 1024).toFixed(1));
  console.log(`${numEnvironments} environments: rss ${rssMb} MB, heap ${heapMb} MB, array buffers ${buffersMb} MB`);
}
