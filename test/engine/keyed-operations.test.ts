import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { KeyedOperations } from "../../lib/engine/keyed-operations.ts";

describe("KeyedOperations", () => {
  it("runs operations on different keys side by side, and those on one key one at a time", async () => {
    const log = new OperationLog();
    log.add("a");
    log.add("b");
    log.add("a");
    expect(log.running).to.deep.equal(["a0", "b1"]);
    await log.finish("a0");
    expect(log.running).to.deep.equal(["b1", "a2"]);
  });

  it("tells whether an operation has begun at once", () => {
    const log = new OperationLog();
    expect(log.add("a")).to.equal(true);
    expect(log.add("a")).to.equal(false);
    expect(log.add("b")).to.equal(true);
    log.addFull();
    expect(log.add("c")).to.equal(false);
  });

  it("lets the newest of those that wait win", async () => {
    const log = new OperationLog();
    for (let index = 0; index < 4; index++) log.add("a");
    expect(log.dropped).to.deep.equal(["a1", "a2"]);
    await log.finish("a0");
    expect(log.running).to.deep.equal(["a3"]);
  });

  it("runs a full operation alone, in place of what waits and before what comes later", async () => {
    const log = new OperationLog();
    log.add("a");
    log.add("a");
    log.addFull();
    log.add("a");
    log.add("b");
    expect(log.running).to.deep.equal(["a0"]);
    await log.finish("a0");
    expect(log.running).to.deep.equal(["*2"]);
    await log.finish("*2");
    expect(log.dropped).to.deep.equal(["a1"]);
    expect(log.running).to.deep.equal(["a3", "b4"]);
  });

  it("runs what a full operation was to take the place of, if that fails", async () => {
    const log = new OperationLog();
    log.add("a");
    log.add("a");
    log.add("b");
    log.add("b");
    log.addFull();
    log.add("b");
    await log.finish("a0");
    await log.finish("b2");
    await log.finish("*4", false);
    expect(log.dropped).to.deep.equal(["b3"]);
    expect(log.running).to.deep.equal(["b5", "a1"]);
  });

  it("drops what waits when it is closed, and waits for what runs", async () => {
    const log = new OperationLog();
    log.add("a");
    log.add("a");
    log.addFull();
    log.add("b");
    log.operations.close();
    log.add("c");
    expect(log.dropped.toSorted()).to.deep.equal(["*2", "a1", "b3", "c4"]);
    let isIdle = false;
    const idle = log.operations.idle().then(() => (isIdle = true));
    await setImmediate();
    expect(isIdle).to.equal(false);
    await log.finish("a0");
    await idle;
  });

  it("has the effect of running every operation in the order of asking, whatever finishes when", async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), key: fc.constantFrom("a", "b", "c") }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant("full" as const), fails: fc.boolean() }) },
        { weight: 4, arbitrary: fc.record({ kind: fc.constant("finish" as const), which: fc.nat() }) },
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        const log = new OperationLog();
        const failing = new Set<string>();
        for (const step of program) {
          if (step.kind === "add") {
            log.add(step.key);
          } else if (step.kind === "full") {
            log.addFull();
            if (step.fails) failing.add(log.newest);
          } else if (log.running.length > 0) {
            const name = log.running[step.which % log.running.length]!;
            await log.finish(name, !failing.has(name));
          }
          log.requireExclusive();
        }
        while (log.running.length > 0) {
          const name = log.running[0]!;
          await log.finish(name, !failing.has(name));
          log.requireExclusive();
        }
        await log.operations.idle();
        const expected = new Map<string, string>();
        for (const name of log.asked) {
          const isFull = name.startsWith("*");
          // Of several full operations that wait only the newest runs, fail as it may.
          if (failing.has(name) || (isFull && log.dropped.includes(name))) continue;
          for (const key of isFull ? ["a", "b", "c"] : [name[0]!]) expected.set(key, name);
        }
        expect(Object.fromEntries(log.state)).to.deep.equal(Object.fromEntries(expected));
        expect([...log.dropped, ...log.finished].toSorted()).to.deep.equal(log.asked.toSorted());
      }),
      { numRuns: 2000 },
    );
  });
});

/** Operations that run until they are told to finish, each called by its key and number; `*` stands for every key. */
class OperationLog {
  readonly operations = new KeyedOperations();
  readonly asked: string[] = [];
  readonly dropped: string[] = [];
  readonly finished: string[] = [];
  /** The operation that has succeeded last, by key. */
  readonly state = new Map<string, string>();
  readonly #running = new Map<string, (hasSucceeded: boolean) => void>();

  get running(): string[] {
    return [...this.#running.keys()];
  }

  get newest(): string {
    return this.asked.at(-1)!;
  }

  add(key: string): boolean {
    return this.operations.add(key, this.#create(key));
  }

  addFull(): void {
    this.operations.addFull(this.#create("*"));
  }

  async finish(name: string, hasSucceeded: boolean = true): Promise<void> {
    const end = this.#running.get(name)!;
    this.#running.delete(name);
    this.finished.push(name);
    if (hasSucceeded) for (const key of name.startsWith("*") ? ["a", "b", "c"] : [name[0]!]) this.state.set(key, name);
    end(hasSucceeded);
    await setImmediate();
  }

  requireExclusive(): void {
    const keys = this.running.map((name) => name[0]);
    expect(new Set(keys).size).to.equal(keys.length);
    if (keys.includes("*")) expect(keys).to.have.lengthOf(1);
  }

  #create(key: string): { run(): Promise<boolean>; drop(): void } {
    const name = `${key}${this.asked.length}`;
    this.asked.push(name);
    return {
      run: () => new Promise((resolve) => this.#running.set(name, resolve)),
      drop: () => this.dropped.push(name),
    };
  }
}
