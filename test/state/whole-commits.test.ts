import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { LmdbDatabase } from "../../lib/state/lmdb-database.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";
import { startChild } from "./child-process.ts";
import { bytes, text } from "./entries.ts";

const SCRIPT = new URL("./committing-process.ts", import.meta.url);
const SEED = 20_261_130;
const EVERYTHING = { maxEntries: 100_000, maxBytes: 100_000_000 };

describe("The commits of a store", () => {
  for (const numWrites of [10, 1500, 3900]) {
    it(`are seen whole by another process, of ${numWrites} writes (a bug once: half of one, with an option of lmdb off)`, async function () {
      this.timeout(120_000);
      await using folder = await createTempFolder();
      await using child = startChild(SCRIPT, [folder.path, String(numWrites)]);
      await child.lines.next();
      // Opened beside the lock, as no program does.
      const database = new LmdbDatabase(folder.path, { initialMapBytes: 64 * 1024 * 1024 });
      const rounds = new Set<string>();
      for (let numReads = 0; numReads < 100 || rounds.size < 3; numReads += 1) {
        // One read transaction.
        const { entries } = database.read(bytes("a"), bytes("z"), EVERYTHING);
        const values = new Set(entries.map(({ value }) => text(value)!));
        expect(entries).to.have.length(2 * numWrites + 1);
        expect([...values], `read ${numReads}`).to.have.length(1);
        for (const value of values) rounds.add(value);
        await setTimeout(1);
      }
      await database.close();
    });
  }

  it("are whole, and none is missing before the last one, when the process is killed at random moments", async function () {
    this.timeout(240_000);
    const random = randomNumbers(SEED);
    for (let kill = 0; kill < 12; kill += 1) {
      const numWrites = 1 + Math.floor(random() * 3900);
      const moment = { numRounds: 1 + Math.floor(random() * 4), delayMs: random() * 20 };
      await using folder = await createTempFolder();
      const reported = await runUntilKilled([folder.path, String(numWrites)], moment);
      await using store = await LmdbStore.open(folder.path);
      const values = new Set(Array.from(store.range(bytes("a"), bytes("z")), ({ value }) => text(value)));
      expect([...values], `kill ${kill} of seed ${SEED}`).to.have.length(1);
      for (const value of values) expect(Number(value)).to.be.at.least(reported);
      expect(store.count(bytes("a"), bytes("z"))).to.equal(2 * numWrites + 1);
    }
  });
});

interface Moment {
  readonly numRounds: number;
  readonly delayMs: number;
}

/** Kills the process some time after a number of rounds, and returns the last round that it reported. */
async function runUntilKilled(args: readonly string[], { delayMs, numRounds }: Moment): Promise<number> {
  await using child = startChild(SCRIPT, args);
  let reported = 0;
  for await (const line of child.lines) {
    reported = Number(line);
    if (reported === numRounds) void setTimeout(delayMs).then(() => child.process.kill("SIGKILL"));
  }
  return reported;
}

/** Returns a source of numbers from 0 to 1, the same ones for each seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
