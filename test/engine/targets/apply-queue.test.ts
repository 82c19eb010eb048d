import { expect } from "chai";
import type { AnyHandler, ContainerState } from "../../../lib/index.ts";
import { ApplyQueue } from "../../../lib/engine/targets/apply-queue.ts";
import { AbortGrace } from "../../../lib/time/abort-grace.ts";
import { FakeClock } from "../../fake-clock.ts";

describe("ApplyQueue", () => {
  /** A handler that keeps the batches it was given, and waits in the first. */
  const createHandler = (answer?: (action: string) => ContainerState) => {
    const batches: string[][] = [];
    const gate = Promise.withResolvers<void>();
    const handler = {
      reconcile: () => undefined,
      async apply(actions: readonly string[]) {
        batches.push([...actions]);
        if (actions.includes("wait")) await gate.promise;
        return answer === undefined ? undefined : actions.map(answer);
      },
      ...(answer === undefined ? {} : { child: () => undefined }),
    } as unknown as AnyHandler;
    return { handler, batches, open: () => gate.resolve() };
  };
  /** The actions of one component: `-a` removes `a`, anything else writes the key of that name. */
  const submit = (queue: ApplyQueue, handler: AnyHandler, ...actions: readonly string[]) =>
    queue.submit({
      path: ["test"],
      handler,
      actions: actions.map((action) => ({
        action,
        key: Buffer.from(action.replace("-", "")),
        isRemoval: action.startsWith("-"),
      })),
    });

  it("applies the removals of all components of a batch before what they write", async () => {
    const { batches, handler, open } = createHandler();
    const queue = new ApplyQueue(new AbortGrace(new FakeClock()));
    const all = [
      submit(queue, handler, "wait"),
      submit(queue, handler, "a", "b"),
      submit(queue, handler, "-c", "d", "-e"),
    ];
    open();
    await Promise.all(all);
    expect(batches).to.deep.equal([["wait"], ["-c", "-e", "a", "b", "d"]]);
  });

  it("applies a removal after an earlier write of the same state", async () => {
    const { batches, handler, open } = createHandler();
    const queue = new ApplyQueue(new AbortGrace(new FakeClock()));
    const all = [submit(queue, handler, "wait"), submit(queue, handler, "a"), submit(queue, handler, "-a", "-b")];
    open();
    await Promise.all(all);
    expect(batches[1]).to.deep.equal(["-b", "a", "-a"]);
  });

  it("gives each component the states of its own containers, in its order", async () => {
    const { handler, open } = createHandler((action) => (action.startsWith("-") ? "kept" : "recreated"));
    const queue = new ApplyQueue(new AbortGrace(new FakeClock()));
    const waiting = submit(queue, handler, "wait");
    const [one, other] = [submit(queue, handler, "a", "-b"), submit(queue, handler, "-c")];
    open();
    await waiting;
    expect(await one).to.deep.equal(["recreated", "kept"]);
    expect(await other).to.deep.equal(["kept"]);
  });

  it("lets nothing overtake a removal by another handler, but fills batches otherwise", async () => {
    const one = createHandler();
    const other = createHandler();
    const queue = new ApplyQueue(new AbortGrace(new FakeClock()));
    const all = [
      submit(queue, one.handler, "wait"),
      submit(queue, one.handler, "a"),
      submit(queue, other.handler, "b"),
      submit(queue, one.handler, "c"),
      submit(queue, other.handler, "-d"),
      submit(queue, one.handler, "d"),
    ];
    one.open();
    await Promise.all(all);
    expect(one.batches).to.deep.equal([["wait"], ["a", "c"], ["d"]]);
    expect(other.batches).to.deep.equal([["-d", "b"]]);
  });

  it("tries the components of a failed batch one by one, those with removals first", async () => {
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const handler = {
      reconcile: () => undefined,
      async apply(actions: readonly string[]) {
        if (actions.includes("wait")) return gate.promise;
        if (actions.length > 1) throw new Error("all of it");
        seen.push(...actions);
      },
    } as unknown as AnyHandler;
    const queue = new ApplyQueue(new AbortGrace(new FakeClock()));
    const all = [submit(queue, handler, "wait"), submit(queue, handler, "a"), submit(queue, handler, "-b")];
    gate.resolve();
    await Promise.all(all);
    expect(seen).to.deep.equal(["-b", "a"]);
  });
});
