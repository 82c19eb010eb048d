import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { checkPages } from "../../../lib/state/pages/check-pages.ts";
import type { PageFinding } from "../../../lib/state/pages/page-finding.ts";
import type { RowCheck } from "../../../lib/state/pages/row-check.ts";
import { MAX_KEY_BYTES, type StateChange } from "../../../lib/state/store.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { startChild } from "../child-process.ts";
import { randomOf, RandomWrites } from "./random-store.ts";

const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? Date.now() % 1_000_000);
const PAGE = 4096;

describe("checkPages", function () {
  this.timeout(300_000);

  it(`finds nothing in random stores, after no commit and not when they are closed (TIDEMARK_TEST_SEED=${SEED})`, async () => {
    for (let number = 0; number < 30; number++) {
      await using folder = await createTempFolder({ isInMemory: true });
      const file = join(folder.path, "data.mdb");
      const random = randomOf(SEED + number);
      const writes = new RandomWrites(random);
      for (let session = 0; session < 2; session++) {
        const store = await LmdbStore.open(folder.path, { initialMapBytes: 1024 * 1024 });
        for (let commit = 1 + random(12); commit > 0; commit--) {
          await Promise.all([store.write(writes.next()), store.write(writes.next())]);
          expect(await find(file), `store ${number}`).to.deep.equal([]);
        }
        await store.close();
        expect(await find(file), `store ${number}, closed`).to.deep.equal([]);
      }
    }
  });

  it(`finds nothing in stores whose process was killed (TIDEMARK_TEST_SEED=${SEED})`, async () => {
    for (let number = 0; number < 6; number++) {
      await using folder = await createTempFolder({ isInMemory: true });
      const random = randomOf(SEED + number);
      for (let kills = 0; kills < 2; kills++) {
        const script = new URL("./random-writes-process.ts", import.meta.url);
        await using child = startChild(script, [folder.path, String(random(1_000_000))]);
        for (let lines = 1 + random(30); lines > 0; lines--) await child.lines.next();
        await child.kill();
        expect(await find(join(folder.path, "data.mdb")), `store ${number}`).to.deep.equal([]);
      }
    }
  });

  it("finds nothing in a file that is absent or empty", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "data.mdb");
    expect(await find(file)).to.deep.equal([]);
    await writeFile(file, "");
    expect(await find(file)).to.deep.equal([]);
  });

  it("visits each row once, also those on pages of their own", async () => {
    await using store = await makeStore();
    const seen = new Map<string, number>();
    const checkRow: RowCheck = (key, row) => {
      seen.set(Buffer.from(key.bytes.subarray(key.start, key.end)).toString(), row.end - row.start);
      return undefined;
    };
    expect(await find(store.file, checkRow)).to.deep.equal([]);
    expect(Object.fromEntries(seen)).to.deep.equal(
      Object.fromEntries(ROWS.map(({ key, value }) => [key.toString(), value.length])),
    );
  });

  it("names the page of a row whose check fails, with its code", async () => {
    await using store = await makeStore();
    const findings = await find(store.file, (key) =>
      key.bytes[key.end - 1] === 0x37 && key.end - key.start === 5 ? "STORE_TOO_NEW" : undefined,
    );
    expect(findings.map(({ code, kind }) => `${kind} ${code}`)).to.deep.equal(["row STORE_TOO_NEW"]);
    const { data } = store;
    expect(data.includes("key 7", findings[0]!.page! * PAGE)).to.equal(true);
  });

  it("ends after as many findings as it is to give", async () => {
    await using store = await makeStore();
    const checkRow: RowCheck = () => "STORE_CORRUPT";
    const options = { maxKeyBytes: MAX_KEY_BYTES, checkRow };
    expect(await checkPages(store.file, options)).to.have.lengthOf(100);
    expect(await checkPages(store.file, { ...options, maxFindings: 3 })).to.have.lengthOf(3);
  });

  it("finds each cut and each zeroed page, or all rows are still there", async () => {
    await using store = await makeStore();
    let numFound = 0;
    for (let page = 2; page < store.data.length / PAGE; page++) {
      const zeroed = Buffer.from(store.data).fill(0, page * PAGE, (page + 1) * PAGE);
      for (const damaged of [zeroed, store.data.subarray(0, page * PAGE + 100)]) {
        const isFound = (await store.findIn(damaged)).length > 0;
        numFound += Number(isFound);
        if (isFound) continue;
        await using opened = await LmdbStore.open(store.folder);
        expect(opened.count(Uint8Array.of(0), Uint8Array.of(255)), `page ${page}`).to.equal(ROWS.length);
      }
    }
    expect(numFound).to.be.above(60);
  });

  it("finds a flipped bit of a key that leaves its page valid, by the keys around it or those of the page above", async () => {
    await using store = await makeStore();
    for (const [name, at] of [
      ["in its page", store.data.lastIndexOf("key 250") + 4],
      ["at its end", store.data.lastIndexOf("key 250")],
    ] as const) {
      const damaged = Buffer.from(store.data);
      damaged[at]! ^= 64;
      expect((await store.findIn(damaged)).map(({ kind }) => kind)).to.include("order", name);
    }
  });

  it("finds wrong counts and depths of a tree, and free pages that are in use", async () => {
    await using store = await makeStore();
    const meta = store.newestMeta;
    // Depth, branch pages, leaf pages, pages of large values, entries.
    for (const at of [72 + 6, 72 + 8, 72 + 16, 72 + 24, 72 + 32]) {
      const damaged = Buffer.from(store.data);
      damaged[meta + 24 + at]! ^= 1;
      expect(await store.findIn(damaged), `byte ${at}`).to.have.lengthOf.above(0);
    }
    const damaged = Buffer.from(store.data);
    damaged.writeBigUInt64LE(store.data.readBigUInt64LE(meta + 24 + 72 + 40), store.firstFreeItem);
    expect((await store.findIn(damaged)).map(({ kind }) => kind)).to.deep.equal(["free"]);
  });

  it("finds each flipped bit of the meta pages that changes what lmdb reads", async () => {
    await using store = await makeStore();
    for (const offset of [0, 1, 18, 24, 28, 24 + 24, 24 + 24 + 4, 24 + 128]) {
      for (const page of [0, 1]) {
        const damaged = Buffer.from(store.data);
        damaged[page * PAGE + offset]! ^= 4;
        expect(
          (await store.findIn(damaged)).map(({ kind }) => kind),
          `byte ${offset}`,
        ).to.include("meta");
      }
    }
  });
});

const ROWS = Array.from({ length: 600 }, (_, number) => ({
  key: Buffer.from(`key ${number}`),
  value: Buffer.alloc(number % 50 === 0 ? 9000 : 100, number),
})) satisfies StateChange[];

/** A closed store with {@link ROWS}, and free pages. */
async function makeStore() {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await createTempFolder({ isInMemory: true }));
  const file = join(folder.path, "data.mdb");
  const store = await LmdbStore.open(folder.path);
  await store.write(ROWS);
  await store.write(ROWS.map(({ key }) => ({ key: Buffer.concat([key, key]), value: key })));
  await store.write(ROWS.map(({ key }) => ({ key: Buffer.concat([key, key]), value: undefined })));
  await store.close();
  const data = await readFile(file);
  const owned = cleanup.move();
  const [one, other] = [0, PAGE].map((meta) => data.readBigUInt64LE(meta + 24 + 128)) as [bigint, bigint];
  const newestMeta = one > other ? 0 : PAGE;
  // The tree of the free pages is one leaf, whose nodes are after its header; each is a header, a key of 8 bytes, and a list.
  const freeRoot = Number(data.readBigUInt64LE(newestMeta + 24 + 24 + 40)) * PAGE;
  const firstFreeItem = freeRoot + 24 + data.readUInt16LE(freeRoot + 24) + 8 + 8 + 8;
  return {
    folder: folder.path,
    file,
    data,
    newestMeta,
    firstFreeItem,
    findIn: findInCopy(file),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function findInCopy(file: string): (data: Buffer) => Promise<readonly PageFinding[]> {
  return async (data) => {
    await writeFile(file, data);
    return find(file);
  };
}

function find(file: string, checkRow?: RowCheck): Promise<readonly PageFinding[]> {
  return checkPages(file, { maxKeyBytes: MAX_KEY_BYTES, checkRow });
}
