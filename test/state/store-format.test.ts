import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { failureOf } from "./failure-of.ts";

describe("store format", () => {
  it("is written into a new store", async () => {
    await using folder = await createTempFolder();
    await (await LmdbStore.open(folder.path)).close();
    expect(await readFile(join(folder.path, "FORMAT"), "utf8")).to.equal("tidemark-store 2\n");
  });

  it("that is newer is refused with both versions, and the folder is not touched", async () => {
    await using folder = await createTempFolder();
    await (await LmdbStore.open(folder.path)).close();
    await writeFile(join(folder.path, "FORMAT"), "tidemark-store 12\n");
    const before = await contentOf(folder.path);
    const error = await failureOf(LmdbStore.open(folder.path));
    expect(error.code).to.equal("STORE_TOO_NEW");
    expect(error.message).to.include(`Cannot open store at ${folder.path}: its format must be at most 2, got 12`);
    expect(error.facts).to.deep.equal({ path: folder.path, version: 12, supported: 2 });
    expect(await contentOf(folder.path)).to.deep.equal(before);
  });

  it("that is missing beside data is refused as corrupt, and the folder is not touched", async () => {
    await using folder = await createTempFolder();
    await (await LmdbStore.open(folder.path)).close();
    await rm(join(folder.path, "FORMAT"));
    const before = await contentOf(folder.path);
    const error = await failureOf(LmdbStore.open(folder.path));
    expect(error.code).to.equal("STORE_CORRUPT");
    expect(error.message).to.include("it holds data.mdb but no FORMAT");
    expect(await contentOf(folder.path)).to.deep.equal(before);
  });

  for (const text of [
    "",
    "tidemark-store",
    "tidemark-store 0\n",
    "tidemark-store 1",
    "tidemark-store 1\n\n",
    "else 1\n",
  ]) {
    it(`that is ${JSON.stringify(text)} is refused as corrupt`, async () => {
      await using folder = await createTempFolder();
      await writeFile(join(folder.path, "FORMAT"), text);
      const error = await failureOf(LmdbStore.open(folder.path));
      expect(error.code).to.equal("STORE_CORRUPT");
      expect(error.message).to.include(`got ${JSON.stringify(text)}`);
      expect(await readdir(folder.path)).to.deep.equal(["FORMAT"]);
    });
  }

  it("is made up for when a process died before it wrote it", async () => {
    await using folder = await createTempFolder();
    await writeFile(join(folder.path, ".owner.lock"), "");
    await writeFile(join(folder.path, "FORMAT.new"), "tide");
    await (await LmdbStore.open(folder.path)).close();
    expect(await readFile(join(folder.path, "FORMAT"), "utf8")).to.equal("tidemark-store 2\n");
  });
});

async function contentOf(folder: string): Promise<Record<string, readonly [string, number]>> {
  const content: Record<string, readonly [string, number]> = {};
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    content[name] = [await readFile(path, "hex"), (await stat(path)).mtimeMs];
  }
  return content;
}
