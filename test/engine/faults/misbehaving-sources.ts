import { declareTargetState, type LiveComponentOperator, type LiveMapSubscriber } from "../../../lib/index.ts";
import { sound, type Act } from "./misbehaving-targets.ts";

/** An iterator whose `next` or `return` is the place, over one item. */
export function iterable(own: Act, step: "next" | "return" | "iterator", isAsync: boolean) {
  const end = { done: true, value: undefined } as const;
  const results = [{ done: false, value: ["a", "a"] as const }];
  const settle = (result: unknown): unknown => (isAsync ? Promise.resolve(result) : result);
  const at = (name: string, result: unknown): unknown => (step === name ? own(settle(result)) : settle(result));
  const iterator = { next: () => at("next", results.pop() ?? end), return: () => at("return", end) };
  const create = (): unknown => (step === "iterator" ? own(iterator) : iterator);
  return (isAsync ? { [Symbol.asyncIterator]: create } : { [Symbol.iterator]: create }) as AsyncIterable<
    readonly [string, string]
  >;
}

/** A feed that calls user code in one of its steps. */
export function feed(step: "watch" | "updateAll" | "update", own: Act) {
  return {
    async watch(subscriber: LiveMapSubscriber<string, string>): Promise<void> {
      if (step === "watch") await own<Promise<void> | undefined>(undefined);
      const items = step === "updateAll" ? iterable(own, "next", true) : [["a", "a"] as const];
      await subscriber.updateAll(items);
      await subscriber.markReady();
    },
  };
}

/** A live component that calls user code in one of its steps. */
export function liveComponent(step: "constructor" | "process" | "processLive", own: Act) {
  const Item = class {
    constructor() {
      if (step === "constructor") own(undefined);
    }
    process(): void {
      declareTargetState(sound, "own", "value");
      return step === "process" ? own(undefined) : undefined;
    }
    async processLive(operator: LiveComponentOperator): Promise<void> {
      if (step === "processLive") await own<Promise<void> | undefined>(undefined);
      await operator.updateFull();
      await operator.markReady();
    }
  };
  return Object.defineProperty(Item, "name", { value: "item" });
}
