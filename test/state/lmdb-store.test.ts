import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { collectGarbage } from "../used-heap.ts";
import { startChild } from "./child-process.ts";
import { bytes, dump, put } from "./entries.ts";
import { failureOf } from "./failure-of.ts";
import { describeStore } from "./store-conformance.ts";

describeStore("LmdbStore", async () => {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await createTempFolder());
  const store = cleanup.use(await LmdbStore.open(folder.path));
  const owned = cleanup.move();
  return { store, [Symbol.asyncDispose]: () => owned.disposeAsync() };
});

describe("LmdbStore", () => {
  it("has everything after it is closed and opened again", async () => {
    await using folder = await createTempFolder();
    {
      await using store = await LmdbStore.open(folder.path);
      await store.write([{ key: bytes("a"), value: bytes("1") }]);
      void store.write([{ key: bytes("b"), value: bytes("2") }]);
    }
    await using store = await LmdbStore.open(folder.path);
    expect(dump(store)).to.deep.equal(["a=1", "b=2"]);
  });

  it("creates the folder it is given, in folders that do not exist yet, whatever its name", async () => {
    await using folder = await createTempFolder();
    const path = join(folder.path, "deep", "my.store");
    await using store = await LmdbStore.open(path);
    await store.write([{ key: bytes("a"), value: bytes("1") }]);
    expect(store.path).to.equal(path);
    expect((await readdir(path)).toSorted()).to.include.members(["FORMAT", "data.mdb"]);
  });

  it("grows far beyond its first map while it is being read", async function () {
    this.timeout(120_000);
    await using folder = await createTempFolder();
    await using store = await LmdbStore.open(folder.path, { initialMapBytes: 1024 * 1024 });
    const value = (index: number) => new Uint8Array(64 * 1024).fill(index);
    const progress = { numWritten: 0 };
    const writing = Promise.all(
      Array.from({ length: 5000 }, async (_, index) => {
        await store.write([{ key: bytes(`k${String(index).padStart(5, "0")}`), value: value(index) }]);
        progress.numWritten += 1;
      }),
    );
    let numRead = 0;
    while (progress.numWritten < 5000) {
      await setImmediate();
      for (const index of [0, progress.numWritten >> 1, progress.numWritten - 1]) {
        if (index < 0) continue;
        const read = store.get(bytes(`k${String(index).padStart(5, "0")}`));
        if (Buffer.compare(read!, value(index)) !== 0) throw new Error(`The value ${index} is not as written`);
        numRead += 1;
      }
    }
    await writing;
    expect(numRead).to.be.above(0);
    let index = 0;
    for (const entry of store.range(bytes("k"), bytes("l"))) {
      if (Buffer.compare(entry.value, value(index)) !== 0) throw new Error(`The value ${index} is not as written`);
      index += 1;
    }
    expect(index).to.equal(5000);
    expect((await stat(join(folder.path, "data.mdb"))).size).to.be.above(300 * 1024 * 1024);
  });

  it("has after kill -9 all that was reported as written, and no half of a write", async function () {
    this.timeout(30_000);
    await using folder = await createTempFolder();
    const reported = new Map<string, number>();
    {
      await using child = startChild(new URL("./writing-process.ts", import.meta.url), [folder.path]);
      let numLines = 0;
      for await (const line of child.lines) {
        const [name, number] = line.split(" ");
        reported.set(name!, Number(number));
        numLines += 1;
        // Lines that were on their way are read to the end, since they were reported too.
        if (numLines === 5000) child.process.kill("SIGKILL");
      }
    }
    await using store = await LmdbStore.open(folder.path);
    expect(reported.size).to.equal(50);
    for (const [name, number] of reported) {
      const one = countAt(store, `${name}/one`);
      expect(one, name).to.be.at.least(number);
      expect(countAt(store, `${name}/two`), name).to.equal(one);
    }
  });

  it("fails only the writes that the disk has no room for", async function () {
    if (process.platform === "win32") this.skip();
    this.timeout(30_000);
    await using folder = await createTempFolder();
    const limited = `trap '' XFSZ; ulimit -f 40000; exec "$@"`;
    await using child = startChild(
      new URL("./limited-process.ts", import.meta.url),
      [folder.path],
      ["sh", "-c", limited, "sh"],
    );
    const { value: line } = await child.lines.next();
    const { statuses, codes, keys, numMore } = JSON.parse(line) as LimitedOutcome;
    const hasRoom = Array.from({ length: 20 }, (_, index) => index % 5 !== 4);
    expect(statuses).to.deep.equal(hasRoom.map((is) => (is ? "fulfilled" : "rejected")));
    expect(codes).to.deep.equal(Array(4).fill("STORE_UNAVAILABLE"));
    const expected = hasRoom.flatMap((is, index) => (is ? [`before${index}`, `key${index}`] : []));
    expect(keys).to.deep.equal([...expected, "later"].toSorted());
    expect(numMore).to.equal(16 * 100);
  });

  it("is opened with few file descriptors, or refused with STORE_UNAVAILABLE, and the process lives on", async function () {
    if (process.platform === "win32") this.skip();
    this.timeout(60_000);
    await using folder = await createTempFolder();
    const launcher = ["sh", "-c", `ulimit -n 80; exec "$@"`, "sh"];
    await using child = startChild(new URL("./starved-process.ts", import.meta.url), [folder.path], launcher);
    const { value: line } = await child.lines.next();
    expect(line, child.errors()).to.be.a("string");
    const outcomes = JSON.parse(line) as string[];
    expect([...new Set(outcomes)].toSorted()).to.deep.equal(["STORE_UNAVAILABLE", "open"]);
    expect([outcomes[0], outcomes.at(-1)]).to.deep.equal(["STORE_UNAVAILABLE", "open"]);
  });

  it("refuses a path that is a file, or below one, with STORE_UNAVAILABLE and the cause", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "file");
    await writeFile(file, "");
    for (const path of [file, join(file, "below")]) {
      const error = await failureOf(LmdbStore.open(path));
      expect(error.code).to.equal("STORE_UNAVAILABLE");
      expect(error.message).to.include(`Cannot open store at ${path}: `);
      expect(error.cause).to.be.instanceOf(Error);
      expect(error.facts).to.deep.equal({ path });
    }
    expect(await readFile(file, "utf8")).to.equal("");
  });

  it("refuses damaged data with STORE_CORRUPT, and releases the folder", async () => {
    await using folder = await createTempFolder();
    await (await LmdbStore.open(folder.path)).close();
    const intact = await readFile(join(folder.path, "data.mdb"));
    for (const damaged of [Buffer.alloc(64 * 1024, 7), Buffer.alloc(64 * 1024), intact.subarray(0, 5000)]) {
      await writeFile(join(folder.path, "data.mdb"), damaged);
      const error = await failureOf(LmdbStore.open(folder.path));
      expect(error.code).to.equal("STORE_CORRUPT");
      expect(error.message).to.match(/: data\.mdb is damaged \(.+\); restore the folder .+ `tidemark doctor`/);
    }
    await writeFile(join(folder.path, "data.mdb"), intact);
    await (await LmdbStore.open(folder.path)).close();
  });

  it("replaces a damaged lock.mdb, and has all that it had", async () => {
    await using folder = await createTempFolder();
    const before = await LmdbStore.open(folder.path);
    await before.write([put("a", "1")]);
    await before.close();
    const damaged = Buffer.alloc(64 * 1024, 7);
    await writeFile(join(folder.path, "lock.mdb"), damaged);
    await using store = await LmdbStore.open(folder.path);
    expect((await readFile(join(folder.path, "lock.mdb"))).equals(damaged)).to.equal(false);
    await store.write([put("b", "2")]);
    expect(dump(store)).to.deep.equal(["a=1", "b=2"]);
  });

  it("refuses a folder in the place of its data with STORE_UNAVAILABLE", async () => {
    await using folder = await createTempFolder();
    await writeFile(join(folder.path, "FORMAT"), "tidemark-store 1\n");
    await mkdir(join(folder.path, "data.mdb"));
    const error = await failureOf(LmdbStore.open(folder.path));
    expect(error.code).to.equal("STORE_UNAVAILABLE");
    expect(error.message).to.include("EISDIR");
  });

  it("holds no memory after it is closed (a bug once: 64 kB for each folder, in a list of lmdb)", async function () {
    this.timeout(60_000);
    const NUM_STORES = 100;
    await using folder = await createTempFolder({ isInMemory: true });
    await collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < NUM_STORES; index += 1) {
      await using store = await LmdbStore.open(join(folder.path, `store${index}`));
      await store.write([put("a", "1")]);
    }
    await collectGarbage();
    expect(process.memoryUsage().arrayBuffers - before).to.be.below((NUM_STORES * 64 * 1024) / 4);
  });

  it("gives the room that it has reserved back when it is closed", async () => {
    await using folder = await createTempFolder();
    const sizeOf = async (): Promise<number> => (await stat(join(folder.path, "data.mdb"))).size;
    const store = await LmdbStore.open(folder.path);
    await store.write([put("a", "1")]);
    const open = await sizeOf();
    await store.close();
    expect(await sizeOf())
      .to.be.below(open)
      .and.to.be.at.most(8 * 4096);
    await using again = await LmdbStore.open(folder.path);
    expect(dump(again)).to.deep.equal(["a=1"]);
  });

  it("releases the folder when it is closed, at once", async () => {
    await using folder = await createTempFolder();
    for (let round = 0; round < 20; round += 1) {
      await using store = await LmdbStore.open(folder.path);
      await store.write([{ key: bytes("round"), value: bytes(String(round)) }]);
      expect(dump(store)).to.deep.equal([`round=${round}`]);
    }
  });
});

function countAt(store: LmdbStore, key: string): number {
  return Number(
    Buffer.from(store.get(bytes(key))!)
      .toString("latin1")
      .split(":")[0],
  );
}

/** What the script limited-process.ts prints. */
interface LimitedOutcome {
  readonly statuses: readonly string[];
  readonly codes: readonly string[];
  readonly keys: readonly string[];
  readonly numMore: number;
}
