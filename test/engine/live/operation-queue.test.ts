import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import type { LiveOperation } from "../../../lib/engine/live/live-operation.ts";
import { OperationQueue } from "../../../lib/engine/live/operation-queue.ts";
import { LiveRegistry } from "../../../lib/engine/run/live-registry.ts";
import { FakeClock } from "../../fake-clock.ts";

describe("OperationQueue", () => {
  it("gives the outcome of an operation, and defers the one that has to wait", async () => {
    const { enqueue, log, queue } = create();
    const first = enqueue("a", "first");
    const second = enqueue("a", "second");
    expect(log).to.deep.equal(["defer second"]);
    first.finish();
    second.finish();
    expect(await first.outcome).to.equal("first");
    expect(await second.outcome).to.equal("second");
    await queue.idle();
    expect(log).to.deep.equal(["defer second", "applied 1", "applied 2"]);
  });

  it("hands the time of a superseded change on when it is the older one", async () => {
    const { changes, enqueue } = create();
    enqueue("a", "running", new Date(50));
    enqueue("a", "older", new Date(10));
    enqueue("a", "newer", new Date(20));
    expect(changes.map(({ at }) => at.getTime())).to.deep.equal([50, 10, 10]);
    enqueue("a", "newest", new Date(5));
    expect(changes.map(({ at }) => at.getTime())).to.deep.equal([50, 10, 10, 5]);
  });

  it("counts a superseded change as given up, and one that a full operation has included as applied", async () => {
    const { enqueue, log } = create();
    const running = enqueue("a", "running");
    enqueue("a", "older");
    enqueue("a", "newer");
    const full = enqueue(undefined, "full");
    running.finish();
    await setImmediate();
    full.finish();
    await setImmediate();
    expect(log.filter((line) => !line.startsWith("defer"))).to.deep.equal([
      "abandon older",
      "given up 2",
      "applied 1",
      "applied 4",
      "abandon newer",
      "applied 3",
    ]);
  });

  it("counts every change as given up that waits when the task is aborted", async () => {
    const { controller, enqueue, log, queue } = create();
    const running = enqueue("a", "running");
    enqueue("a", "waiting");
    controller.abort();
    queue.close();
    expect(log).to.deep.equal(["defer waiting", "abandon waiting", "given up 2"]);
    running.finish();
    await queue.idle();
    expect(log.at(-1)).to.equal("applied 1");
  });

  it("waits for the operations so far, and for none that is queued later", async () => {
    const { enqueue, queue } = create();
    const first = enqueue("a", "first");
    let isSettled = false;
    const settled = queue.settledSoFar().then(() => (isSettled = true));
    enqueue("b", "second");
    await setImmediate();
    expect(isSettled).to.equal(false);
    first.finish();
    await settled;
  });

  it("refuses a change at a time that is none", () => {
    const { enqueue, log } = create();
    expect(() => enqueue("a", "wrong", new Date(NaN))).to.throw(TypeError, "`at` must be a valid Date");
    expect(log).to.deep.equal([]);
  });
});

function create() {
  const log: string[] = [];
  const changes: { readonly at: Date }[] = [];
  const controller = new AbortController();
  const queue = new OperationQueue({
    clock: new FakeClock(),
    registry: new LiveRegistry({ isLive: true }),
    signal: controller.signal,
    reporter: {
      addChange: (change) => changes.push(change),
      removeChange: (change, isApplied) =>
        log.push(`${isApplied ? "applied" : "given up"} ${changes.indexOf(change) + 1}`),
    },
  });
  const enqueue = (key: string | undefined, name: string, at?: Date) => {
    const applied = Promise.withResolvers<boolean>();
    const operation: LiveOperation<string> = {
      key,
      at,
      outcome: Promise.resolve(name),
      defer: () => void log.push(`defer ${name}`),
      apply: () => applied.promise,
      abandon: () => void log.push(`abandon ${name}`),
    };
    return { finish: () => applied.resolve(true), outcome: queue.enqueue(operation) };
  };
  return { changes, controller, enqueue, log, queue };
}
