import { argumentHint } from "../options/argument-hint.ts";
import { describeValue } from "../options/describe-value.ts";
import { requireFrame } from "./run/frame.ts";
import { isListable } from "./sources/mount-items.ts";

/**
 * Calls `target(item, ...args)` for every item, side by side, and gives the results in the order of the items. The calls are
 * part of the running component: no components are made and nothing is counted. At most as many run at once as the app may have
 * components in flight.
 *
 * @throws once all calls have ended: what the items threw, else what the first item to fail threw
 */
export async function map<T, A extends readonly unknown[], R>(
  target: (item: T, ...args: A) => R | PromiseLike<R>,
  items: Iterable<T> | AsyncIterable<T>,
  ...args: NoInfer<A>
): Promise<Awaited<R>[]> {
  if (typeof target !== "function") {
    const got = `${describeValue(target)}${argumentHint(target)}`;
    throw new TypeError(`Cannot map over items: the first argument must be a function, got ${got}`);
  }
  if (typeof items !== "string" && !isListable(items as unknown)) {
    const got = `${describeValue(items)}${argumentHint(items)}`;
    throw new TypeError(`Cannot map over items: the items must be an iterable or async iterable, got ${got}`);
  }
  const frame = requireFrame("map over items");
  const { host } = frame;
  host.requireOpen("map over items");
  const results: PromiseSettledResult<Awaited<R>>[] = [];
  const running = new Set<Promise<void>>();
  try {
    let index = 0;
    for await (const item of items) {
      host.throwIfAborted();
      const place = index++;
      const run = (): unknown => frame.nearestOpen.apart(() => target(item, ...args));
      const call = new Promise<Awaited<R>>((resolve) => resolve(run() as Awaited<R>)).then(
        (value) => void (results[place] = { status: "fulfilled", value }),
        (reason: unknown) => void (results[place] = { status: "rejected", reason }),
      );
      const tracked: Promise<void> = call.finally(() => running.delete(tracked));
      running.add(tracked);
      if (running.size >= host.maxConcurrency) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
