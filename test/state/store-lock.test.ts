import { hostname } from "node:os";
import { expect } from "chai";
import { TidemarkError } from "../../lib/errors.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { StoreLock } from "../../lib/state/store-lock.ts";
import { createTempFolder } from "../temp-folder.ts";
import { startChild } from "./child-process.ts";
import { failureOf } from "./failure-of.ts";

describe("StoreLock", () => {
  it("refuses a second open in the same process at once, naming folder and owner", async () => {
    await using folder = await createTempFolder();
    await using store = await LmdbStore.open(folder.path);
    const error = await lockedErrorOf(folder.path);
    expect(error.message).to.equal(
      `Cannot open store at ${folder.path}: it is in use by process ${process.pid} on ${hostname()}`,
    );
    expect(error.facts).to.deep.equal({ path: folder.path, pid: process.pid, host: hostname() });
    await store.write([{ key: Buffer.from("a"), value: Buffer.from("1") }]);
  });

  it("refuses a store that another process has open, until that is killed", async function () {
    this.timeout(20_000);
    await using folder = await createTempFolder();
    await using child = startChild(new URL("./holding-process.ts", import.meta.url), [folder.path]);
    expect((await child.lines.next()).value).to.equal(`open ${child.process.pid}`);
    expect((await lockedErrorOf(folder.path)).facts.pid).to.equal(child.process.pid);
    await child.kill();
    await using store = await LmdbStore.open(folder.path);
    await store.write([{ key: Buffer.from("a"), value: Buffer.from("1") }]);
  });

  it("refuses a store to another process while this one has it open, even after failed tries from here", async function () {
    this.timeout(20_000);
    await using folder = await createTempFolder();
    await using store = await LmdbStore.open(folder.path);
    await lockedErrorOf(folder.path);
    await using child = startChild(new URL("./holding-process.ts", import.meta.url), [folder.path]);
    const answer = JSON.parse((await child.lines.next()).value) as Record<string, string>;
    expect(answer.code).to.equal("STORE_LOCKED");
    expect(answer.message).to.include(`${store.path}: it is in use by process ${process.pid}`);
  });

  it("makes Node print no warning", async function () {
    this.timeout(20_000);
    await using folder = await createTempFolder();
    await using child = startChild(new URL("./holding-process.ts", import.meta.url), [folder.path]);
    await child.lines.next();
    await child.kill();
    expect(child.errors()).to.equal("");
  });

  it("lets a single one of many openers through", async () => {
    await using folder = await createTempFolder();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => LmdbStore.open(folder.path)));
    const stores = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    const codes = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    await Promise.all(stores.map((store) => store.close()));
    expect(stores).to.have.length(1);
    expect(codes).to.deep.equal(Array(9).fill("STORE_LOCKED"));
  });

  it("is released twice without harm", async () => {
    await using folder = await createTempFolder();
    const first = StoreLock.acquire(folder.path);
    first.release();
    using second = StoreLock.acquire(folder.path);
    first.release();
    expect(() => StoreLock.acquire(folder.path)).to.throw(TidemarkError, `by process ${process.pid}`);
    second.release();
  });
});

async function lockedErrorOf(path: string): Promise<TidemarkError> {
  const error = await failureOf(LmdbStore.open(path));
  expect(error.code).to.equal("STORE_LOCKED");
  return error;
}
