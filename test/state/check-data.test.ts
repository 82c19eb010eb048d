import { existsSync } from "node:fs";
import { copyFile, open, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import type { RowCheck } from "../../lib/state/pages/row-check.ts";
import { createTempFolder } from "../temp-folder.ts";
import { startChild } from "./child-process.ts";
import { dump, put } from "./entries.ts";
import { failureOf } from "./failure-of.ts";

describe("The data of a store", () => {
  /** Opens and closes a store, and returns the number of rows that were checked. */
  async function numChecked(path: string): Promise<number> {
    let count = 0;
    const checkRow: RowCheck = () => {
      count += 1;
      return undefined;
    };
    await (await LmdbStore.open(path, { checkRow })).close();
    return count;
  }

  async function makeStore(path: string): Promise<string> {
    await using store = await LmdbStore.open(path);
    await store.write([put("a", "1"), put("b", "2")]);
    return join(path, "data.mdb");
  }

  /** Overwrites all pages but the meta pages, also of an open store. */
  async function writePages(data: string, bytes: Buffer): Promise<void> {
    await using file = await open(data, "r+");
    const start = 2 * 4096;
    await file.write(bytes, start, bytes.length - start, start);
  }

  it("are not checked after a close, and are when they were changed or copied since", async () => {
    await using folder = await createTempFolder();
    const data = await makeStore(folder.path);
    expect(await numChecked(folder.path)).to.equal(0);
    const { atime, mtime } = await stat(data);
    await utimes(data, atime, new Date(mtime.getTime() + 1));
    expect(await numChecked(folder.path)).to.equal(2);
    expect(await numChecked(folder.path)).to.equal(0);
    await copyFile(data, `${data}.copy`);
    await rm(data);
    await copyFile(`${data}.copy`, data);
    expect(await numChecked(folder.path)).to.equal(2);
  });

  it("are checked when their process was killed, and when the note of the last close is damaged or gone", async () => {
    await using folder = await createTempFolder();
    const note = join(folder.path, "closed.json");
    {
      await using child = startChild(new URL("./holding-process.ts", import.meta.url), [folder.path]);
      await child.lines.next();
      await child.kill();
    }
    expect(await readFile(note, "utf8")).to.equal("");
    await makeStore(folder.path);
    for (const text of ["", "{}", "x".repeat(10_000), undefined]) {
      await (text === undefined ? rm(note) : writeFile(note, text));
      expect(await numChecked(folder.path), text).to.equal(2);
      expect(await numChecked(folder.path), text).to.equal(0);
    }
  });

  it("are checked after a close of a store that had met damage, which is not noted", async () => {
    await using folder = await createTempFolder();
    const data = await makeStore(folder.path);
    const store = await LmdbStore.open(folder.path);
    const bytes = await readFile(data);
    await writePages(data, Buffer.alloc(bytes.length));
    expect((await failureOf(() => store.get(Buffer.from("a")))).code).to.equal("STORE_CORRUPT");
    await writePages(data, bytes);
    await store.close();
    expect(await readFile(join(folder.path, "closed.json"), "utf8")).to.equal("");
    expect(await numChecked(folder.path)).to.equal(2);
    expect(await numChecked(folder.path)).to.equal(0);
  });

  it("are checked after a close of a store whose rows were to be checked and were not", async () => {
    await using folder = await createTempFolder();
    await makeStore(folder.path);
    await rm(join(folder.path, "closed.json"));
    for (let round = 0; round < 2; round++) await (await LmdbStore.open(folder.path)).close();
    expect(await numChecked(folder.path)).to.equal(2);
    await (await LmdbStore.open(folder.path)).close();
    expect(await numChecked(folder.path)).to.equal(0);
  });

  it("that are gone or empty are refused once there were any, and nothing is put in their place", async () => {
    await using folder = await createTempFolder();
    const data = await makeStore(folder.path);
    await writeFile(data, "");
    const isEmpty = await failureOf(LmdbStore.open(folder.path));
    expect([isEmpty.code, isEmpty.message]).to.satisfy(([code, message]: [string, string]) => {
      return code === "STORE_CORRUPT" && message.includes("data.mdb is empty; restore the folder");
    });
    await rm(data);
    const isGone = await failureOf(LmdbStore.open(folder.path));
    expect(isGone.code).to.equal("STORE_CORRUPT");
    expect(isGone.message).to.include(
      "data.mdb is missing; restore the folder of the store from a backup, or delete it",
    );
    expect(existsSync(data)).to.equal(false);
  });

  it("that were cut are refused by their size, even when nothing else shows it", async () => {
    await using folder = await createTempFolder();
    const data = await makeStore(folder.path);
    const { atime, mtime, size } = await stat(data);
    const bytes = await readFile(data);
    for (const cut of [size - 4096, size - 1, 8192, 5000, 100]) {
      await writeFile(data, bytes.subarray(0, cut));
      await utimes(data, atime, mtime);
      expect((await failureOf(LmdbStore.open(folder.path))).code, String(cut)).to.equal("STORE_CORRUPT");
    }
    await writeFile(data, bytes);
    await using store = await LmdbStore.open(folder.path);
    expect(dump(store)).to.deep.equal(["a=1", "b=2"]);
  });

  it("with a row whose check fails are refused with the code of the check", async () => {
    await using folder = await createTempFolder();
    await makeStore(folder.path);
    await rm(join(folder.path, "closed.json"));
    for (const code of ["STORE_CORRUPT", "STORE_TOO_NEW"] as const) {
      const error = await failureOf(LmdbStore.open(folder.path, { checkRow: () => code }));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(/page \d+: the checksum of a row is wrong/);
    }
  });

  it("with a page as it was before the last write are refused: each of its rows is valid", async () => {
    await using folder = await createTempFolder();
    const data = join(folder.path, "data.mdb");
    const rows = (value: string) => Array.from({ length: 20 }, (_, number) => put(`key ${number + 10}`, value));
    const store = await LmdbStore.open(folder.path);
    const versions: Buffer[] = [];
    for (let version = 1; version <= 9; version++) {
      await store.write(rows(String(version)));
      versions.push(await readFile(data));
    }
    await store.close();
    const newest = await readFile(data);
    const readAll = async (path: string) => {
      await using opened = await LmdbStore.open(path);
      expect(dump(opened)).to.deep.equal(rows("9").map(({ key }) => `${Buffer.from(key).toString()}=9`));
    };
    let numRefused = 0;
    for (const version of versions) {
      for (let page = 2 * 4096; page < Math.min(version.length, newest.length); page += 4096) {
        const damaged = Buffer.from(newest);
        version.copy(damaged, page, page, page + 4096);
        await writeFile(data, damaged);
        const error = await failureOf(readAll(folder.path)).catch(() => undefined);
        if (error !== undefined) expect(error.code, error.stack).to.equal("STORE_CORRUPT");
        numRefused += Number(error !== undefined);
      }
    }
    expect(numRefused).to.be.above(5);
  });
});
