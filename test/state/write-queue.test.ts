import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { WriteQueue, type PendingWrites, type WriteQueueOptions } from "../../lib/state/write-queue.ts";

const LIMITS: WriteQueueOptions = { maxChanges: 4, maxBytes: 100, isLackOfRoom: () => false };
const ROOMY = { maxChanges: 10_000, maxBytes: 1024 * 1024 * 1024 };

describe("WriteQueue", () => {
  it("commits the writes of one turn together, and those that arrive meanwhile next", async () => {
    const log = new CommitLog();
    const queue = new WriteQueue(log.commit, LIMITS);
    const first = [write(queue, "a"), write(queue, "b")];
    await setImmediate();
    const second = [write(queue, "c"), write(queue, "d")];
    expect(log.commits).to.deep.equal([["a", "b"]]);
    log.release();
    await Promise.all(first);
    await setImmediate();
    expect(log.commits).to.deep.equal([
      ["a", "b"],
      ["c", "d"],
    ]);
    log.release();
    await Promise.all(second);
  });

  it("keeps to its limits, except for a single write that is larger", async () => {
    const log = new CommitLog({ isOpen: true });
    const queue = new WriteQueue(log.commit, LIMITS);
    const large = Array.from({ length: 6 }, (_, index) => change(`l${index}`));
    await Promise.all([
      ...["a", "b", "c", "d", "e"].map((key) => write(queue, key)),
      queue.push(large),
      queue.push([{ key: Buffer.from("big"), value: new Uint8Array(90) }]),
      queue.push([{ key: Buffer.from("big2"), value: new Uint8Array(20) }]),
    ]);
    expect(log.commits).to.deep.equal([
      ["a", "b", "c", "d"],
      ["e"],
      ["l0", "l1", "l2", "l3", "l4", "l5"],
      ["big"],
      ["big2"],
    ]);
  });

  it("fails all pending writes with one that cannot be committed, and tries later ones on their own", async () => {
    const log = new CommitLog({ isOpen: true, bad: "bad" });
    const queue = new WriteQueue(log.commit, LIMITS);
    const keys = ["a", "b", "c", "d", "bad", ...manyKeys(1000)];
    const outcomes = await Promise.allSettled(keys.map((key) => write(queue, key)));
    expect(outcomes.map(({ status }) => status === "fulfilled")).to.deep.equal(keys.map((_, index) => index < 4));
    for (const outcome of outcomes.slice(4)) expect(outcome).to.include({ reason: log.error });
    expect(log.commits).to.have.length(2);
    await write(queue, "later");
    expect(log.made).to.deep.equal(["a", "b", "c", "d", "later"]);
  });

  it("knows of the failure before the promises of its writes reject", async () => {
    const log = new CommitLog({ bad: "bad" });
    const queue = new WriteQueue(log.commit, LIMITS);
    const before = queue.lastFailure;
    const known = write(queue, "bad").catch(() => queue.lastFailure);
    await setImmediate();
    expect(queue.lastFailure).to.equal(before);
    log.release();
    expect(await known).to.deep.equal({ error: log.error });
  });

  it("tells large writes from small ones where there is no room, with one try for each part, in order", async () => {
    const log = new CommitLog({ isOpen: true, maxBytes: 1_000_000 });
    const queue = new WriteQueue(log.commit, { ...ROOMY, isLackOfRoom: () => true });
    const sizes = { a: 1, b: 1, L1: 2_000_000, c: 1, L2: 100_000, L3: 3_000_000, d: 1, e: 1 };
    const outcomes = await Promise.allSettled(Object.entries(sizes).map(([key, size]) => writeLarge(queue, key, size)));
    const failed = Object.keys(sizes).filter((_, index) => outcomes[index]!.status === "rejected");
    expect(failed).to.deep.equal(["L1", "L3"]);
    expect(log.made).to.deep.equal(["a", "b", "c", "L2", "d", "e"]);
    expect(log.commits.slice(1)).to.deep.equal([["a", "b"], ["L1"], ["c"], ["L2"], ["d", "e"]]);
  });

  it("gives up where there is no room for small writes either", async () => {
    const log = new CommitLog({ isOpen: true, maxBytes: 0 });
    const queue = new WriteQueue(log.commit, { ...ROOMY, isLackOfRoom: () => true });
    const small = await Promise.allSettled(manyKeys(1000).map((key) => write(queue, key)));
    expect(small.every(({ status }) => status === "rejected")).to.equal(true);
    expect(log.commits).to.have.length(1);
    const sizes = [1, 100_000, 1, 200_000, 1];
    const mixed = await Promise.allSettled(sizes.map((size, index) => writeLarge(queue, `m${index}`, size)));
    expect(mixed.every(({ status }) => status === "rejected")).to.equal(true);
    expect(log.commits.slice(1)).to.deep.equal([["m0", "m1", "m2", "m3", "m4"], ["m0"]]);
  });

  it("finds the newest pending change of each key until it is committed", async () => {
    const log = new CommitLog({ bad: "bad" });
    const queue = new WriteQueue(log.commit, LIMITS);
    const first = queue.push([change("a", "1"), change("b", "1")]);
    await setImmediate();
    const second = queue.push([change("a", "2"), { key: Buffer.from("c"), value: undefined }]);
    expect(valueOf(queue, "a")).to.equal("2");
    expect(queue.findRange("a", "c").map(({ id }) => id)).to.deep.equal(["a", "b"]);
    log.release();
    await first;
    expect(valueOf(queue, "a")).to.equal("2");
    expect(queue.find(Buffer.from("b"))).to.equal(undefined);
    expect(queue.find(Buffer.from("c"))?.value).to.equal(undefined);
    expect(queue.find(Buffer.from("c"))).to.not.equal(undefined);
    await setImmediate();
    log.release();
    await second;
    expect(queue.findRange("", "~")).to.deep.equal([]);
  });

  it("no longer finds the changes of a write that failed", async () => {
    const log = new CommitLog({ isOpen: true, bad: "bad" });
    const queue = new WriteQueue(log.commit, LIMITS);
    const writing = Promise.allSettled([queue.push([change("a", "1")]), queue.push([change("a", "2"), change("bad")])]);
    expect(valueOf(queue, "a")).to.equal("2");
    await writing;
    expect(queue.findRange("", "~")).to.deep.equal([]);
  });

  it("is idle when the last write is settled, be it made or failed", async () => {
    const log = new CommitLog({ isOpen: true, bad: "bad" });
    const queue = new WriteQueue(log.commit, LIMITS);
    await queue.idle();
    let numSettled = 0;
    for (const key of ["a", "bad", "b"]) {
      void write(queue, key).then(
        () => (numSettled += 1),
        () => (numSettled += 1),
      );
    }
    await queue.idle();
    await setImmediate();
    expect(numSettled).to.equal(3);
  });

  it("gives the last change of each key with a commit, also with one of some of the writes", async () => {
    const log = new CommitLog({ isOpen: true, maxBytes: 200_000 });
    const queue = new WriteQueue(log.commit, { ...ROOMY, isLackOfRoom: () => true });
    const large = "x".repeat(150_000);
    await Promise.all([
      queue.push([change("a", "1"), change("b", "1")]),
      queue.push([change("a", "2")]),
      queue.push([change("a", large)]),
      queue.push([change("a", "4"), change("b", large), change("b", "5")]),
    ]);
    expect(log.newest).to.deep.equal([{ a: "4", b: "5" }, { a: "2", b: "1" }, { a: large }, { a: "4", b: "5" }]);
  });
});

/** A place to commit to that can be held up, and fails when one of the changes has the key `bad`, or all together are too large. */
class CommitLog {
  readonly commits: string[][] = [];
  readonly made: string[] = [];
  /** The last change of each key of each commit. */
  readonly newest: Record<string, string>[] = [];
  readonly error = new Error("No room");
  readonly #bad: string | undefined;
  readonly #isOpen: boolean;
  readonly #maxBytes: number;
  #gate = Promise.withResolvers<void>();

  constructor({ isOpen = false, bad = "", maxBytes = Infinity } = {}) {
    this.#isOpen = isOpen;
    this.#bad = bad;
    this.#maxBytes = maxBytes;
  }

  readonly commit = async ({ newest, writes }: PendingWrites): Promise<void> => {
    this.newest.push(
      Object.fromEntries([...newest].map(([id, { value }]) => [id, String(value && Buffer.from(value))])),
    );
    const keys = writes.flat().map(({ key }) => Buffer.from(key).toString());
    const numBytes = writes.flat().reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    this.commits.push(keys);
    if (!this.#isOpen) await this.#gate.promise;
    if (keys.includes(this.#bad!) || numBytes > this.#maxBytes) throw this.error;
    this.made.push(...keys);
  };

  release(): void {
    this.#gate.resolve();
    this.#gate = Promise.withResolvers();
  }
}

function change(key: string, value = "1"): { key: Buffer; value: Buffer } {
  return { key: Buffer.from(key), value: Buffer.from(value) };
}

function write(queue: WriteQueue, key: string): Promise<void> {
  return queue.push([change(key)]);
}

function writeLarge(queue: WriteQueue, key: string, numBytes: number): Promise<void> {
  return queue.push([{ key: Buffer.from(key), value: new Uint8Array(numBytes) }]);
}

function manyKeys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `k${index}`);
}

function valueOf(queue: WriteQueue, key: string): string | undefined {
  const value = queue.find(Buffer.from(key))?.value;
  return value && Buffer.from(value).toString();
}
