import { LiveMap, type LiveMapSubscriber } from "../../../lib/index.ts";

/** A map whose watching and listing can be made to fail. */
export class FailingMap extends LiveMap<string, string> {
  /** Whether every attempt to watch fails at once. */
  isBroken = false;
  /** A listing fails after this many items. */
  failsAfter: number | undefined;
  onWatch: ((subscriber: LiveMapSubscriber<string, string>) => Promise<void>) | undefined;
  /** Takes the place of following the changes. */
  onReady: ((subscriber: LiveMapSubscriber<string, string>) => Promise<void>) | undefined;
  #failing: PromiseWithResolvers<never> | undefined;

  fail(error: Error): void {
    this.#failing?.reject(error);
  }

  override *[Symbol.iterator](): Generator<readonly [string, string]> {
    let count = 0;
    for (const item of { [Symbol.iterator]: () => super[Symbol.iterator]() }) {
      if (count++ === this.failsAfter) throw new Error("the listing broke off");
      yield item;
    }
  }

  override async watch(subscriber: LiveMapSubscriber<string, string>): Promise<void> {
    if (this.isBroken) throw new Error("broken");
    this.#failing = Promise.withResolvers();
    this.#failing.promise.catch(() => {});
    await this.onWatch?.(subscriber);
    if (this.onReady !== undefined) {
      await subscriber.updateAll();
      await subscriber.markReady();
      await this.onReady(subscriber);
      return;
    }
    await Promise.race([super.watch(subscriber), this.#failing.promise]);
  }
}
