import { App, fn, LiveMap, mount, mountEach } from "../../lib/index.ts";
import type { LiveComponentOperator, LiveMapSubscriber } from "../../lib/index.ts";
import { createTestEnvironment } from "../test-environment.ts";

/** Calls `body` as the code of a component. */
export async function inComponent(body: () => unknown): Promise<void> {
  await using own = await createTestEnvironment();
  const run = fn(async function run(): Promise<void> {
    await body();
  });
  await new App({ name: "doors", environment: own.environment }, run).update();
}

/** Calls `body` with the subscriber of a live source. */
export async function withSubscriber(
  body: (subscriber: LiveMapSubscriber<string, number>) => Promise<unknown>,
): Promise<void> {
  const called = Promise.withResolvers<void>();
  class Source extends LiveMap<string, number> {
    override async watch(subscriber: LiveMapSubscriber<string, number>): Promise<void> {
      await body(subscriber).then(() => called.resolve(), called.reject);
      await subscriber.markReady();
    }
  }
  const item = fn(function item(_value: number): void {});
  await runLive(async () => void (await mountEach(item, new Source())), called.promise);
}

/** Calls `body` with the operator of a live component. */
export async function withOperator(body: (operator: LiveComponentOperator) => Promise<unknown>): Promise<void> {
  const called = Promise.withResolvers<void>();
  class Refreshed {
    process(): void {}
    async processLive(operator: LiveComponentOperator): Promise<void> {
      await body(operator).then(() => called.resolve(), called.reject);
      await operator.markReady();
    }
  }
  await runLive(async () => void (await mount(Refreshed)), called.promise);
}

/** Runs `main` live until `called` is settled; rejects with its reason. */
async function runLive(main: () => Promise<void>, called: Promise<void>): Promise<void> {
  await using own = await createTestEnvironment();
  const handle = new App({ name: "doors", environment: own.environment }, fn({ name: "main" }, main)).update({
    live: true,
  });
  const result = handle.result();
  try {
    await called;
  } finally {
    await handle.stop();
    await result;
  }
}
