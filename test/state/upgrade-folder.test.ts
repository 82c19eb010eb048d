import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { startChild } from "./child-process.ts";
import { dump, put } from "./entries.ts";
import { failureOf } from "./failure-of.ts";

const COPY = "before-format-2";

/** A folder as 0.1 leaves it, with some rows. */
async function createOldFolder(
  values: readonly string[] = ["1"],
): Promise<Awaited<ReturnType<typeof createTempFolder>>> {
  const folder = await createTempFolder();
  await writeOld(folder.path, values);
  return folder;
}

async function writeOld(folder: string, values: readonly string[]): Promise<void> {
  const store = await LmdbStore.open(folder);
  await store.write(values.map((value, index) => put(`key${index}`, value)));
  await store.close();
  await writeFile(join(folder, "FORMAT"), "tidemark-store 1\n");
}

/** Opens the store in a folder, and gives its entries and its upgrade. */
async function openOnce(folder: string): Promise<{ entries: readonly string[]; upgrade: LmdbStore["upgrade"] }> {
  await using store = await LmdbStore.open(folder);
  return { entries: dump(store), upgrade: store.upgrade };
}

async function copyFiles(folder: string, name: string): Promise<void> {
  await mkdir(join(folder, name));
  for (const file of ["FORMAT", "data.mdb"]) await cp(join(folder, file), join(folder, name, file));
}

async function readCopy(folder: string): Promise<readonly (string | Buffer)[]> {
  const copy = join(folder, COPY);
  return [await readFile(join(copy, "FORMAT"), "utf8"), await readFile(join(copy, "data.mdb"))];
}

describe("A store of format 1", () => {
  it("is upgraded when it is opened, and its files are kept as they were", async () => {
    await using folder = await createOldFolder();
    const before = await readFile(join(folder.path, "data.mdb"));
    const copy = join(folder.path, COPY);
    expect(await openOnce(folder.path)).to.deep.equal({ entries: ["key0=1"], upgrade: { from: 1, copy } });
    expect(await readFile(join(folder.path, "FORMAT"), "utf8")).to.equal("tidemark-store 2\n");
    expect(await readCopy(folder.path)).to.deep.equal(["tidemark-store 1\n", before]);
    expect((await readdir(copy)).toSorted()).to.deep.equal(["FORMAT", "data.mdb"]);
  });

  it("is upgraded where FORMAT is read-only: its copy is not (a bug once: EACCES, except for the superuser)", async () => {
    await using folder = await createOldFolder();
    await chmod(join(folder.path, "FORMAT"), 0o444);
    expect((await openOnce(folder.path)).entries).to.deep.equal(["key0=1"]);
    expect((await stat(join(folder.path, COPY, "FORMAT"))).mode & 0o777).to.equal(0o644);
  });

  it("is upgraded once: a later opening leaves the copy alone", async () => {
    await using folder = await createOldFolder();
    await openOnce(folder.path);
    const kept = await readCopy(folder.path);
    {
      await using store = await LmdbStore.open(folder.path);
      await store.write([put("more", "2")]);
    }
    expect(await openOnce(folder.path)).to.deep.equal({ entries: ["key0=1", "more=2"], upgrade: undefined });
    expect(await readCopy(folder.path)).to.deep.equal(kept);
    await rm(join(folder.path, COPY), { recursive: true });
    expect((await openOnce(folder.path)).upgrade).to.equal(undefined);
    expect(await readdir(folder.path)).not.to.include(COPY);
  });

  it("is there again when the copy is put in the place of its files, and is upgraded anew", async () => {
    await using folder = await createOldFolder();
    await openOnce(folder.path);
    {
      await using store = await LmdbStore.open(folder.path);
      await store.write([put("more", "2")]);
    }
    await cp(join(folder.path, COPY), folder.path, { recursive: true });
    expect(await readFile(join(folder.path, "FORMAT"), "utf8")).to.equal("tidemark-store 1\n");
    const { entries, upgrade } = await openOnce(folder.path);
    expect([entries, upgrade?.from]).to.deep.equal([["key0=1"], 1]);
  });

  const interrupted: readonly [title: string, leave: (folder: string) => Promise<unknown>][] = [
    ["began its copy", (folder) => mkdir(join(folder, `${COPY}.new`))],
    [
      "had half of its copy",
      async (folder) => {
        await mkdir(join(folder, `${COPY}.new`));
        await writeFile(join(folder, `${COPY}.new`, "data.mdb"), "half");
      },
    ],
    ["had its copy under the first name", (folder) => copyFiles(folder, `${COPY}.new`)],
    ["had its copy", (folder) => copyFiles(folder, COPY)],
    ["had begun to write the format", (folder) => writeFile(join(folder, "FORMAT.new"), "tidemark-sto")],
    [
      "had its copy, and was then used by 0.1 again",
      async (folder) => {
        await mkdir(join(folder, COPY));
        await writeFile(join(folder, COPY, "data.mdb"), "outdated");
        await writeFile(join(folder, COPY, "other"), "outdated");
      },
    ],
  ];
  for (const [title, leave] of interrupted) {
    it(`is upgraded whole when an upgrade was killed after it ${title}`, async () => {
      await using parent = await createTempFolder();
      const folder = join(parent.path, "store");
      await writeOld(folder, ["1", "2"]);
      const before = await readFile(join(folder, "data.mdb"));
      await leave(folder);
      expect(await openOnce(folder)).to.deep.equal({
        entries: ["key0=1", "key1=2"],
        upgrade: { from: 1, copy: join(folder, COPY) },
      });
      expect(await readCopy(folder)).to.deep.equal(["tidemark-store 1\n", before]);
      expect((await readdir(join(folder, COPY))).toSorted()).to.deep.equal(["FORMAT", "data.mdb"]);
      expect((await readdir(folder)).filter((name) => name.endsWith(".new"))).to.deep.equal([]);
      expect((await openOnce(folder)).upgrade).to.equal(undefined);
    });
  }

  it("without data is upgraded without a copy and without a word", async () => {
    await using folder = await createTempFolder();
    await writeFile(join(folder.path, "FORMAT"), "tidemark-store 1\n");
    expect(await openOnce(folder.path)).to.deep.equal({ entries: [], upgrade: undefined });
    expect(await readFile(join(folder.path, "FORMAT"), "utf8")).to.equal("tidemark-store 2\n");
    expect(await readdir(folder.path)).not.to.include(COPY);
  });

  it("is upgraded without a copy where there is no room for one", async function () {
    if (process.platform === "win32") this.skip();
    await using folder = await createOldFolder(Array.from({ length: 40 }, () => "x".repeat(64 * 1024)));
    await using child = startChild(
      new URL("./upgrading-process.ts", import.meta.url),
      [folder.path],
      ["sh", "-c", `trap '' XFSZ; ulimit -f 1000; exec "$@"`, "sh"],
    );
    const { value: line } = await child.lines.next();
    expect(JSON.parse(line), child.errors()).to.deep.equal({ upgrade: { from: 1 }, numEntries: 40 });
    expect(await readFile(join(folder.path, "FORMAT"), "utf8")).to.equal("tidemark-store 2\n");
    expect((await readdir(folder.path)).filter((name) => name.startsWith(COPY))).to.deep.equal([]);
  });

  it("that is damaged, or open elsewhere, is not touched", async () => {
    await using folder = await createOldFolder();
    const format = join(folder.path, "FORMAT");
    await writeFile(format, "tidemark-store 2\n");
    {
      await using _open = await LmdbStore.open(folder.path);
      await writeFile(format, "tidemark-store 1\n");
      expect((await failureOf(LmdbStore.open(folder.path))).code).to.equal("STORE_LOCKED");
    }
    await writeFile(join(folder.path, "data.mdb"), Buffer.alloc(64 * 1024, 7));
    expect((await failureOf(LmdbStore.open(folder.path))).code).to.equal("STORE_CORRUPT");
    expect(await readFile(format, "utf8")).to.equal("tidemark-store 1\n");
    expect((await readdir(folder.path)).filter((name) => name.startsWith(COPY))).to.deep.equal([]);
  });
});
