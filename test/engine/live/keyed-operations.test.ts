import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import type { KeyedOperation } from "../../../lib/engine/live/keyed-operation.ts";
import { KeyedOperations } from "../../../lib/engine/live/keyed-operations.ts";

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

  it("runs the newest waiting operation of a key, and drops the older ones", async () => {
    const log = new OperationLog();
    for (let index = 0; index < 4; index++) log.add("a");
    expect(log.dropped).to.deep.equal(["a1", "a2"]);
    await log.finish("a0");
    expect(log.running).to.deep.equal(["a3"]);
  });

  it("runs a full operation alone: it supersedes the waiting operations and precedes later ones", async () => {
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

  it("runs the operations that a full operation has superseded when the full operation fails", async () => {
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

  it("runs an interlude alone, before the waiting operations, of which it supersedes none", async () => {
    const log = new OperationLog();
    log.add("a");
    log.add("a");
    log.addFull();
    log.add("b");
    log.interpose();
    log.interpose();
    log.add("c");
    expect(log.running).to.deep.equal(["a0"]);
    for (const [ended, next] of [
      ["a0", ["!4"]],
      ["!4", ["!5"]],
      ["!5", ["*2"]],
      ["*2", ["b3", "c6"]],
    ] as const) {
      await log.finish(ended);
      expect(log.running).to.deep.equal(next);
    }
    expect(log.dropped).to.deep.equal(["a1"]);
  });

  it("tells a dropped operation which newer operation supersedes it", async () => {
    const log = new OperationLog();
    log.add("a");
    log.add("a");
    log.add("a");
    log.addFull();
    log.add("a");
    log.addFull();
    expect(log.replaced).to.deep.equal({ a1: "a2", a2: "a4", "*3": "*5" });
    log.add("a");
    await log.finish("a0");
    await log.finish("*5", false);
    expect(log.replaced).to.include({ a4: "a6" });
    log.addFull();
    log.add("a");
    await log.finish("a6");
    await log.finish("*7");
    log.operations.close();
    expect(Object.keys(log.replaced)).to.deep.equal(["a1", "a2", "*3", "a4"]);
  });

  it("drops the waiting operations on close, and waits for the running ones", async () => {
    const log = new OperationLog();
    log.add("a");
    log.add("a");
    log.addFull();
    log.add("b");
    log.interpose();
    log.operations.close();
    log.add("c");
    log.interpose();
    expect(log.dropped.toSorted()).to.deep.equal(["!4", "!6", "*2", "a1", "b3", "c5"]);
    let isIdle = false;
    const idle = log.operations.idle().then(() => (isIdle = true));
    await setImmediate();
    expect(isIdle).to.equal(false);
    await log.finish("a0");
    await idle;
  });

  it("has the effect of running every operation in the order of the calls, in whichever order they finish", async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), key: fc.constantFrom("a", "b", "c") }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant("full" as const), fails: fc.boolean() }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant("interlude" as const) }) },
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
          } else if (step.kind === "interlude") {
            log.interpose();
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
          // Of several full operations that wait only the newest runs, fail as it may.
          if (failing.has(name) || (name.startsWith("*") && log.dropped.includes(name))) continue;
          for (const key of keysOf(name)) expected.set(key, name);
        }
        expect(Object.fromEntries(log.state)).to.deep.equal(Object.fromEntries(expected));
        expect([...log.dropped, ...log.finished].toSorted()).to.deep.equal(log.asked.toSorted());
        expect(log.dropped.filter((name) => name.startsWith("!"))).to.deep.equal([]);
      }),
      { numRuns: 2000 },
    );
  });
});

interface LoggedOperation extends KeyedOperation<LoggedOperation> {
  readonly name: string;
}

/** Operations that run until they are told to finish, each called by its key and number; `*` stands for every key, `!` for an interlude. */
class OperationLog {
  readonly operations = new KeyedOperations<LoggedOperation>();
  readonly asked: string[] = [];
  readonly dropped: string[] = [];
  readonly finished: string[] = [];
  /** By the names of those that were dropped: the newer ones in their places. */
  readonly replaced: Record<string, string> = {};
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
    return this.operations.add(this.#create(key));
  }

  addFull(): void {
    this.operations.add(this.#create("*"));
  }

  interpose(): void {
    const interlude = this.#create("!");
    this.operations.interpose({
      apply: async () => void (await interlude.apply()),
      abandon: () => interlude.abandon(),
    });
  }

  async finish(name: string, hasSucceeded: boolean = true): Promise<void> {
    const end = this.#running.get(name)!;
    this.#running.delete(name);
    this.finished.push(name);
    if (hasSucceeded) for (const key of keysOf(name)) this.state.set(key, name);
    end(hasSucceeded);
    await setImmediate();
  }

  requireExclusive(): void {
    const keys = this.running.map((name) => name[0]);
    expect(new Set(keys).size).to.equal(keys.length);
    if (keys.includes("*") || keys.includes("!")) expect(keys).to.have.lengthOf(1);
  }

  #create(key: string): LoggedOperation {
    const name = `${key}${this.asked.length}`;
    this.asked.push(name);
    return {
      name,
      key: key === "*" ? undefined : key,
      apply: () => new Promise((resolve) => this.#running.set(name, resolve)),
      abandon: (newer) => {
        this.dropped.push(name);
        if (newer !== undefined) this.replaced[name] = newer.name;
      },
    };
  }
}

/** The keys that an operation is about. */
function keysOf(name: string): readonly string[] {
  if (name.startsWith("!")) return [];
  return name.startsWith("*") ? ["a", "b", "c"] : [name[0]!];
}
