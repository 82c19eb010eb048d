import { App, fn, mountEach, statsGroup, type Environment } from "../../lib/index.ts";

/** An app of which the test says how far it goes. */
export interface GatedApp {
  readonly app: App<never[]>;
  /** Lets components with an index below `count` end. */
  open(count: number): void;
}

/** What a {@link createGatedApp} is to count. */
export interface GatedGroup {
  /** The title of the stats group; `null` for none. */
  readonly title: string | null;
  readonly size: number;
  /** Which of its components fail. */
  readonly fails?: (index: number) => boolean;
}

/** Makes an app with a component function `work` in each of the groups. */
export function createGatedApp(environment: Environment, name: string, groups: readonly GatedGroup[]): GatedApp {
  const state = { numOpen: 0 };
  let news = Promise.withResolvers<void>();
  const work = fn(async function work(index: number, fails: (index: number) => boolean) {
    while (index >= state.numOpen) await news.promise;
    if (fails(index)) throw new TypeError(`row ${index} is damaged`);
  });
  const app = new App({ name, environment, maxInflightComponents: 10_000 }, async function main() {
    for (const [place, { fails = () => false, size, title }] of groups.entries()) {
      const items = Array.from({ length: size }, (_, index): [number, number] => [index, index]);
      const body = (): Promise<unknown> => mountEach([place], work, items, fails);
      await (title === null ? body() : statsGroup(title, body));
    }
  });
  return {
    app,
    open(count) {
      state.numOpen = count;
      news.resolve();
      news = Promise.withResolvers();
    },
  };
}
