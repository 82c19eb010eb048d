import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { openStore } from "../../lib/app/open-store.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { startChild } from "../state/child-process.ts";
import { dump, put } from "../state/entries.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";

/** Makes the store in a folder one of format 1. */
async function makeOld(folder: string): Promise<void> {
  await (await LmdbStore.open(folder)).close();
  await writeFile(join(folder, "FORMAT"), "tidemark-store 1\n");
}

describe("openStore", () => {
  it("says once what the upgrade of a store means, and where the way back is", async () => {
    await using folder = await createTempFolder();
    await makeOld(folder.path);
    const notices: string[] = [];
    for (let opening = 0; opening < 2; opening++) {
      await (await openStore(folder.path, { log: (message) => void notices.push(message) })).close();
    }
    expect(notices).to.deep.equal([
      `The state store at ${folder.path} was upgraded, and Tidemark 0.1.0 cannot read it any more; to go back, ` +
        `copy the files in ${join(folder.path, "before-format-2")} over those of the store; else that folder can be deleted`,
    ]);
  });

  it("says nothing of a store that is new", async () => {
    await using folder = await createTempFolder();
    const notices: string[] = [];
    await (await openStore(folder.path, { log: (message) => void notices.push(message) })).close();
    expect(notices).to.deep.equal([]);
  });

  it("upgrades the rows before it gives the store", async () => {
    await using folder = await createTempFolder();
    await using store = await openStore(folder.path, {
      log: () => {},
      steps: [{ name: "step", changes: () => [put("a", "1")] }],
    });
    expect(dump(store, "a")).to.deep.equal(["a=1"]);
  });

  it("releases the store when its rows cannot be upgraded", async () => {
    await using folder = await createTempFolder();
    const full = new Error("no room");
    const changes = async (): Promise<never> => {
      throw full;
    };
    expect(await failureOf(openStore(folder.path, { log: () => {}, steps: [{ name: "step", changes }] }))).to.equal(
      full,
    );
    await (await LmdbStore.open(folder.path)).close();
  });

  const script = new URL("./opening-process.ts", import.meta.url);

  it("warns by Node's means in a program", async () => {
    await using folder = await createTempFolder();
    await makeOld(folder.path);
    const errors = await errorsOf(startChild(script, [folder.path]));
    expect(errors).to.include(`[TIDEMARK_STORE_UPGRADED] Warning: The state store at ${folder.path} was upgraded`);
  });

  it("is silent in a program that has turned the warning off", async function () {
    if (process.platform === "win32") this.skip();
    await using folder = await createTempFolder();
    await makeOld(folder.path);
    const launcher = ["env", "NODE_OPTIONS=--disable-warning=TIDEMARK_STORE_UPGRADED"];
    expect(await errorsOf(startChild(script, [folder.path], launcher))).to.equal("");
  });
});

async function errorsOf(child: ReturnType<typeof startChild>): Promise<string> {
  await using _child = child;
  const [code] = (await once(child.process, "close")) as [number];
  expect(code, child.errors()).to.equal(0);
  return child.errors();
}
