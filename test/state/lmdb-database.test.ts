import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { LmdbDatabase } from "../../lib/state/lmdb-database.ts";
import { createTempFolder } from "../temp-folder.ts";
import { bytes } from "./entries.ts";

describe("LmdbDatabase", () => {
  it("hands over all changes of a commit in one turn of the event loop: only those share a transaction", async () => {
    await using folder = await createTempFolder();
    const database = new LmdbDatabase(folder.path, { initialMapBytes: 1024 * 1024 });
    const progress = { turn: 0, isCommitting: true };
    const numByTurn = new Map<number, number>();
    const watched = (name: string) => ({
      value: bytes(name),
      get key() {
        numByTurn.set(progress.turn, (numByTurn.get(progress.turn) ?? 0) + 1);
        return bytes(name);
      },
    });
    const sizes = [...Array.from({ length: 1500 }, () => 3), 2500, 1, 999, 1];
    const writes = sizes.map((size, write) => Array.from({ length: size }, (_, index) => watched(`${write}/${index}`)));
    const counting = (async () => {
      while (progress.isCommitting) {
        await nextTurn();
        progress.turn += 1;
      }
    })();
    // The count of a turn is to come before the work of the commit in it.
    await nextTurn();
    await database.commit(writes);
    progress.isCommitting = false;
    await counting;
    await database.close();
    expect([...numByTurn.values()]).to.deep.equal([8001]);
  });

  it("makes a commit of more changes than lmdb takes without blocking the event loop", async function () {
    this.timeout(120_000);
    await using folder = await createTempFolder();
    const database = new LmdbDatabase(folder.path, { initialMapBytes: 64 * 1024 * 1024 });
    const value = bytes("1");
    const changes = Array.from({ length: 310_000 }, (_, index) => ({ key: bytes(String(index)), value }));
    const wait = Atomics.wait;
    let numBlocked = 0;
    Atomics.wait = () => {
      numBlocked += 1;
      return "timed-out";
    };
    try {
      await database.commit([changes]);
    } finally {
      Atomics.wait = wait;
    }
    expect(numBlocked).to.equal(0);
    expect(database.count(bytes("0"), bytes("z"))).to.equal(310_000);
    await database.close();
  });
});
