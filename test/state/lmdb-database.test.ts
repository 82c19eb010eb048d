import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { LmdbDatabase } from "../../lib/state/lmdb-database.ts";
import { createTempFolder } from "../temp-folder.ts";
import { bytes } from "./entries.ts";

describe("LmdbDatabase", () => {
  it("hands over at most 1,000 changes in one turn of the event loop, unless one write has more", async () => {
    await using folder = await createTempFolder();
    const database = new LmdbDatabase(folder.path, 1024 * 1024);
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
    // The count of a turn is to come before what the commit does in it.
    await nextTurn();
    await database.commit(writes);
    progress.isCommitting = false;
    await counting;
    await database.close();
    expect([...numByTurn.values()]).to.deep.equal([999, 999, 999, 999, 504, 2500, 1000, 1]);
  });
});
