import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system in memory, where there is one: a flush to the disk takes most of the time of short runs. */
const MEMORY = "/dev/shm";

/** Creates an empty folder for one test; `await using` removes it with all it holds. `isInMemory` puts it into memory if possible. */
export async function createTempFolder({ isInMemory = false } = {}): Promise<{
  path: string;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const base = isInMemory && existsSync(MEMORY) ? MEMORY : tmpdir();
  const path = await realpath(await mkdtemp(join(base, "tidemark-")));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
