import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { WriteQueue } from "../../lib/state/write-queue.ts";

const LIMITS = { maxChanges: 4, maxBytes: 100 };

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

  it("fails only the writes that cannot be committed, and makes the others in order", async () => {
    const log = new CommitLog({ isOpen: true, bad: "bad" });
    const queue = new WriteQueue(log.commit, { maxChanges: 100, maxBytes: 100 });
    const keys = ["a", "b", "bad", "c", "d", "bad", "e"];
    const outcomes = await Promise.allSettled(keys.map((key) => write(queue, key)));
    expect(outcomes.map(({ status }) => status === "fulfilled")).to.deep.equal(keys.map((key) => key !== "bad"));
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).to.equal(log.error);
    expect(log.made.join("")).to.equal("abcde");
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
});

/** A place to commit to that can be held up, and fails when one of the changes has the key `bad`. */
class CommitLog {
  readonly commits: string[][] = [];
  readonly made: string[] = [];
  readonly error = new Error("No room");
  readonly #bad: string | undefined;
  readonly #isOpen: boolean;
  #gate = Promise.withResolvers<void>();

  constructor({ isOpen = false, bad = "" } = {}) {
    this.#isOpen = isOpen;
    this.#bad = bad;
  }

  readonly commit = async (writes: readonly (readonly { key: Uint8Array }[])[]): Promise<void> => {
    const keys = writes.flat().map(({ key }) => Buffer.from(key).toString());
    this.commits.push(keys);
    if (!this.#isOpen) await this.#gate.promise;
    if (keys.includes(this.#bad!)) throw this.error;
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

function valueOf(queue: WriteQueue, key: string): string | undefined {
  const value = queue.find(Buffer.from(key))?.value;
  return value && Buffer.from(value).toString();
}
