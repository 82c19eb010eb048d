import { setImmediate } from "node:timers/promises";
import { App, Environment, fn, mount, mountEach, useMount, type UpdateHandle } from "../../lib/index.ts";
import { collectGarbage } from "../used-heap.ts";

// Runs one scenario with a run that fails; prints every unhandled rejection, then `done`.
process.on("unhandledRejection", (reason) => console.log(`unhandled ${(reason as Error).message}`));

const [scenario, dbPath] = process.argv.slice(2) as [string, string];
const environment = new Environment({ dbPath, onException: () => {} });
const gate = Promise.withResolvers<void>();
const stop = new AbortController();
const enough = new Error("enough");

const failing = new App({ name: "failing", environment }, async function main() {
  await mount(function doc() {});
  await gate.promise;
  throw new Error("boom");
});

const waiting = fn(async function waiting(_index: number) {
  await new Promise(() => {});
});

const crowded = new App({ name: "crowded", environment, maxInflightComponents: 1 }, async function main() {
  await mount("first", waiting, 0);
  void mount("second", waiting, 1);
  void useMount("third", waiting, 2);
  void mountEach(waiting, [
    [3, 3],
    [4, 4],
  ]);
  await new Promise(() => {});
});

async function watch(
  handle: UpdateHandle<unknown>,
  body: () => Promise<unknown> | undefined = () => undefined,
): Promise<void> {
  for await (const _snapshot of handle.watch()) await body();
}

/** Watches a run until after it has failed, and leaves without having seen that. */
async function leaveAfterFailure(handle: UpdateHandle<unknown>): Promise<void> {
  for await (const _snapshot of handle.watch()) {
    gate.resolve();
    await untilFailed();
    break;
  }
}

/** Resolves when the runs so far have failed: one more has had its turn then. */
async function untilFailed(): Promise<void> {
  await failing
    .update()
    .result()
    .catch(() => {});
  await setImmediate();
}

const SCENARIOS: Record<string, () => Promise<unknown>> = {
  async "nobody takes it"() {
    void failing.update().watch();
    gate.resolve();
  },
  async "the result is taken"() {
    const result = failing.update().result();
    gate.resolve();
    await result.catch(() => {});
  },
  async "a watcher takes it"() {
    const watching = watch(failing.update());
    gate.resolve();
    await watching.catch(() => {});
  },
  async "both take it"() {
    const handle = failing.update();
    const watching = watch(handle);
    gate.resolve();
    await Promise.allSettled([watching, handle]);
  },
  async "a watcher takes it while another one has left"() {
    const handle = failing.update();
    for await (const _snapshot of handle.watch()) break;
    const watching = watch(handle);
    gate.resolve();
    await watching.catch(() => {});
  },
  async "a slow watcher takes it"() {
    await watch(failing.update(), async () => {
      gate.resolve();
      await untilFailed();
    }).catch(() => {});
  },
  async "the last watcher leaves after the failure"() {
    await leaveAfterFailure(failing.update());
  },
  async "the last of two watchers leaves after the failure"() {
    const handle = failing.update();
    const watching = watch(handle).catch(() => {});
    await leaveAfterFailure(handle);
    await watching;
  },
  async "the last watcher leaves after the failure, and the result is taken"() {
    const handle = failing.update();
    await leaveAfterFailure(handle);
    await handle.result().catch(() => {});
  },
  async "the last watcher leaves after the failure, and the result was taken before"() {
    const handle = failing.update();
    const result = handle.result().catch(() => {});
    await leaveAfterFailure(handle);
    await result;
  },
  async "the only watcher is forgotten in the middle"() {
    await failing.update().watch()[Symbol.asyncIterator]().next();
    gate.resolve();
    await untilFailed();
    await collectGarbage();
  },
  async "the only watcher has left before"() {
    for await (const _snapshot of failing.update().watch()) break;
    gate.resolve();
  },
  async "the only watcher was stopped by its own signal"() {
    const handle = failing.update();
    for await (const _snapshot of handle.watch({ signal: stop.signal })) stop.abort(enough);
  },
  async "the run and its watcher share a signal"() {
    const { signal } = stop;
    for await (const _snapshot of failing.update({ signal }).watch({ signal })) stop.abort(enough);
  },
  async "mounts that nobody waits for are aborted"() {
    const handle = crowded.update({ signal: stop.signal });
    for await (const { stats } of handle.watch()) if (stats.total.numQueued === 3) stop.abort(enough);
  },
  async "a run that cannot start is watched"() {
    await environment.close();
    await watch(failing.update());
  },
};

await SCENARIOS[scenario]!().catch(() => {});
gate.resolve();
await untilFailed();
await setImmediate();
await environment.close();
console.log("done");
process.exit(0);
