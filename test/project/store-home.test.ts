import { expect } from "chai";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { StoreHome } from "../../lib/project/store-home.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { openOnce } from "./opened-store.ts";

const CONFIRMED = { isConfirmed: true, isCopy: false };
const COPIED = { isConfirmed: true, isCopy: true };
const MOVED = { isConfirmed: false, isCopy: false };

describe("StoreHome", () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let at: (name: string) => string;

  beforeEach(async () => {
    folder = await createTempFolder();
    at = (name) => join(folder.path, name, ".tidemark");
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  /** Copies or moves the project that a store is in. */
  const copy = (from: string, to: string): Promise<void> =>
    cp(join(folder.path, from), join(folder.path, to), { recursive: true, preserveTimestamps: true });
  const move = (from: string, to: string): Promise<void> => rename(join(folder.path, from), join(folder.path, to));
  const remove = (name: string): Promise<void> => rm(join(folder.path, name), { recursive: true });

  it("gives a store an id of 128 bits at its first opening, and tells it in store.json", async () => {
    const { identity, ...found } = await openOnce(at("a"));
    expect(found).to.deep.equal({ ...CONFIRMED, confirmedFolder: at("a") });
    expect(identity.id).to.match(/^[0-9a-f]{32}$/);
    expect(JSON.parse(await readFile(join(at("a"), "store.json"), "utf8"))).to.deep.equal({ id: identity.id });
    expect((await openOnce(at("b"))).identity.id).to.not.equal(identity.id);
  });

  it("is as it was in the same place, also in a new folder there", async () => {
    const { identity } = await openOnce(at("a"));
    expect(await openOnce(at("a"))).to.deep.include({ ...CONFIRMED, identity });
    await copy("a", "kept");
    await remove("a");
    await move("kept", "a");
    expect(await openOnce(at("a"))).to.deep.include({ ...CONFIRMED, identity });
  });

  it("is as it was under another name of the same folder", async () => {
    const { identity } = await openOnce(at("a"));
    await move("a", "b");
    await symlink(join(folder.path, "b"), join(folder.path, "a"));
    for (const name of ["a", "b", "b"]) {
      const found = await openOnce(at(name));
      expect(found).to.deep.include(CONFIRMED);
      expect(found.identity).to.deep.equal({ ...identity, openedAt: at("b") });
    }
  });

  it("is a copy while the original is there, takes an id of its own and gives up what is outside, once", async () => {
    const original = await openOnce(at("a"));
    await copy("a", "b");
    const found = await openOnce(at("b"));
    expect(found).to.deep.include(COPIED);
    expect(found.identity.id).to.not.equal(original.identity.id);
    expect(found.identity).to.deep.include({ openedAt: at("b"), confirmed: [at("b")] });
    expect(await openOnce(at("b"))).to.deep.include({ ...CONFIRMED, identity: found.identity });
    expect(await openOnce(at("a"))).to.deep.equal(original);
  });

  it("is a copy of a copy, in whatever order they are opened", async () => {
    await openOnce(at("a"));
    await copy("a", "b");
    await copy("b", "c");
    expect(await openOnce(at("c"))).to.deep.include(COPIED);
    expect(await openOnce(at("b"))).to.deep.include(COPIED);
    await copy("c", "d");
    await remove("a");
    expect(await openOnce(at("d"))).to.deep.include(COPIED);
    const ids = await Promise.all(["b", "c", "d"].map(async (name) => (await openOnce(at(name))).identity.id));
    expect(new Set(ids).size).to.equal(3);
  });

  it("is moved when the original is gone, and stays so until it is confirmed", async () => {
    const { identity } = await openOnce(at("a"));
    await copy("a", "b");
    await remove("a");
    for (let opening = 0; opening < 3; opening++) {
      expect(await openOnce(at("b"))).to.deep.include({ ...MOVED, confirmedFolder: at("a") });
    }
    const adopted = await openOnce(at("b"), { adopt: true });
    expect(adopted.identity).to.deep.equal({ ...identity, openedAt: at("b"), confirmed: [at("a"), at("b")] });
    expect(await openOnce(at("b"))).to.deep.include(CONFIRMED);
  });

  it("is a copy as soon as its original is back, although it was opened while that was away", async () => {
    const { identity } = await openOnce(at("a"));
    await copy("a", "b");
    await move("a", "unmounted");
    expect(await openOnce(at("b"))).to.deep.include(MOVED);
    await move("unmounted", "a");
    expect(await openOnce(at("b"))).to.deep.include(COPIED);
    expect((await openOnce(at("a"))).identity).to.deep.equal(identity);
  });

  it("is moved when another store, or something else, is where it was", async () => {
    await openOnce(at("a"));
    await move("a", "b");
    await openOnce(at("a"));
    expect(await openOnce(at("b"))).to.deep.include(MOVED);
    await remove("a");
    writeFileSync(join(folder.path, "a"), "a file");
    expect(await openOnce(at("b"))).to.deep.include(MOVED);
    rmSync(join(folder.path, "a"));
    await mkdir(at("a"), { recursive: true });
    writeFileSync(join(at("a"), "store.json"), "no JSON");
    expect(await openOnce(at("b"))).to.deep.include(MOVED);
  });

  it("takes turns between places that see nothing of each other, once each is confirmed", async () => {
    await openOnce(at("host"));
    const turn = async (from: string, to: string, options = {}): Promise<unknown> => {
      await move(from, to);
      return openOnce(at(to), options);
    };
    expect(await turn("host", "workspace")).to.deep.include(MOVED);
    expect(await turn("workspace", "host"), "the original place").to.deep.include(CONFIRMED);
    expect(await turn("host", "workspace", { adopt: true })).to.deep.include(MOVED);
    for (const [from, to] of [
      ["workspace", "host"],
      ["host", "workspace"],
      ["workspace", "host"],
    ] as const) {
      expect(await turn(from, to)).to.deep.include(CONFIRMED);
    }
  });

  it("is a copy in a confirmed place, too, when the store is in another one", async () => {
    await openOnce(at("a"));
    await move("a", "b");
    await openOnce(at("b"), { adopt: true });
    await copy("b", "a");
    expect(await openOnce(at("a"))).to.deep.include(COPIED);
    expect(await openOnce(at("b"))).to.deep.include(CONFIRMED);
  });

  it("is not taken for a copy when a backup is put back into its place", async () => {
    const { identity } = await openOnce(at("a"));
    await copy("a", "backup");
    await openOnce(at("a"));
    await remove("a");
    await copy("backup", "a");
    expect(await openOnce(at("a"))).to.deep.include({ ...CONFIRMED, identity });
  });

  it("remembers the original place and the newest confirmed ones, 64 in all", async () => {
    await openOnce(at("0"));
    for (let job = 1; job <= 70; job++) {
      await move(String(job - 1), String(job));
      await openOnce(at(String(job)), { adopt: true });
    }
    const { confirmed } = (await openOnce(at("70"))).identity;
    expect(confirmed).to.have.length(64);
    expect([confirmed[0], confirmed[1], confirmed.at(-1)]).to.deep.equal([at("0"), at("8"), at("70")]);
  });

  it("rewrites a store.json that is missing or tells another id", async () => {
    const { identity } = await openOnce(at("a"));
    const beacon = join(at("a"), "store.json");
    for (const change of [() => rmSync(beacon), () => writeFileSync(beacon, '{ "id": "other" }')]) {
      change();
      await openOnce(at("a"));
      expect(JSON.parse(readFileSync(beacon, "utf8"))).to.deep.equal({ id: identity.id });
    }
  });

  it("has each app of a copy give up what is outside, in the first run of the app", async () => {
    for (const app of ["one", "two"]) await openOnce(at("a"), { app });
    await copy("a", "b");
    const found: boolean[] = [];
    for (const app of ["one", "new", "two", "one"]) found.push((await openOnce(at("b"), { app })).isCopy);
    expect(found).to.deep.equal([true, false, true, false]);
    await openOnce(at("a"), { app: "one" });
    await copy("a", "c");
    await openOnce(at("c"), { app: "one" });
    await move("c", "d");
    expect(await openOnce(at("d"), { app: "two" }), "moved before").to.deep.include({
      isConfirmed: false,
      isCopy: true,
    });
  });

  it("has an app give up what is outside again when that was interrupted", async () => {
    await openOnce(at("a"));
    await copy("a", "b");
    const killed = new Error("killed");
    const interrupted = openOnce(at("b"), {
      giveUp() {
        throw killed;
      },
    });
    expect(await interrupted.catch((error: unknown) => error)).to.equal(killed);
    expect(await openOnce(at("b"))).to.deep.include(COPIED);
  });

  it("does not write where nothing has changed", async () => {
    await openOnce(at("a"));
    await using store = await LmdbStore.open(at("a"));
    store.write = () => Promise.reject(new Error("written"));
    const home = await StoreHome.open(store, at("a"));
    await home.confirm();
    const unexpected = (): Promise<never> => Promise.reject(new Error("given up"));
    const project = {
      root: at("a"),
      isRootGiven: false,
      giveUpOutside: unexpected,
      canonicalize: async () => {},
      isCopyOf01: () => false,
      forgetInside: unexpected,
    };
    await home.enterProject("docs", project);
    expect(home.isConfirmed).to.equal(true);
  });
});
