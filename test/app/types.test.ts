import { expectTypeOf } from "expect-type";
import {
  App,
  autoRefresh,
  componentSubpath,
  fn,
  map,
  mount,
  mountEach,
  statsGroup,
  useMount,
  type ComponentFunction,
  type LiveComponent,
  type LiveComponentClass,
  type LiveComponentOperator,
  type LiveMap,
  type LiveMapFeed,
  type MountHandle,
  type OpenStatsGroup,
  type StatsGroupHandle,
  UpdateHandle,
  type UpdateSnapshot,
  type UpdateStats,
} from "../../lib/index.ts";

const size = fn(async function size(text: string, factor: number) {
  return text.length * factor;
});
const plain = (text: string): boolean => text === "";
const pairs: readonly (readonly [string, string])[] = [];
const feed = {} as AsyncIterable<readonly [number, string]>;

/** Never called: what is in it has to compile, or not to. */
function typesOnly(_body: () => unknown): void {}

// Each case is checked by the compiler; running it only shows that it is there.
describe("The types", () => {
  it("of `fn` keep the arguments and the value", () => {
    expectTypeOf(size).toEqualTypeOf<ComponentFunction<[text: string, factor: number], Promise<number>>>();
    expectTypeOf(fn({ memo: true }, plain)).parameters.toEqualTypeOf<[text: string]>();
    expectTypeOf(fn({ memo: true }, plain)).returns.toEqualTypeOf<boolean>();
    // @ts-expect-error no such option
    typesOnly(() => fn({ memoize: true }, plain));
  });

  it("of an update have the value of the main function", () => {
    typesOnly(() => {
      const app = new App("app", size, "a", 2);
      expectTypeOf(app.update()).toEqualTypeOf<UpdateHandle<number>>();
      expectTypeOf(app.update().result()).toEqualTypeOf<Promise<number>>();
      expectTypeOf(app.update().watch()).toEqualTypeOf<AsyncIterable<UpdateSnapshot<number>>>();
      expectTypeOf(app.update().stats()).toEqualTypeOf<UpdateStats | null>();
      expectTypeOf(app.drop()).toEqualTypeOf<UpdateHandle<void>>();
      expectTypeOf<Awaited<ReturnType<typeof app.update>>>().toEqualTypeOf<number>();
      expectTypeOf<UpdateSnapshot<number>["result"]>().toEqualTypeOf<number | null>();
      expectTypeOf(new App({ name: "app" }, plain, "a").update()).toEqualTypeOf<UpdateHandle<boolean>>();
    });
  });

  it("of a handle have no constructor: apps create handles", () => {
    // @ts-expect-error private
    typesOnly(() => new UpdateHandle(async () => 5));
    typesOnly((handle: unknown = null) => {
      if (handle instanceof UpdateHandle) expectTypeOf(handle.stats()).toEqualTypeOf<UpdateStats | null>();
    });
  });

  it("of an app want the arguments of the main function", () => {
    // @ts-expect-error a number for a text
    typesOnly(() => new App("app", size, 1, 2));
    // @ts-expect-error one argument too few
    typesOnly(() => new App("app", size, "a"));
    // @ts-expect-error one argument too many
    typesOnly(() => new App("app", plain, "a", "b"));
    // @ts-expect-error no main function
    typesOnly(() => new App("app"));
    // @ts-expect-error no name
    typesOnly(() => new App({ maxInflightComponents: 1 }, plain, "a"));
    // @ts-expect-error an interval is a number
    typesOnly(() => new App("app", plain, "a").update({ reportToStdout: "1s" }));
  });

  it("of `mount` want the function's arguments", () => {
    typesOnly(() => {
      expectTypeOf(mount(size, "a", 1)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mount("key", plain, "a")).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mount(componentSubpath("a", 1), size, "a", 1)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mount(["nested", 1, null], plain, "a")).toEqualTypeOf<Promise<MountHandle>>();
      // @ts-expect-error a number for a text
      void mount(size, 1, 1);
      // @ts-expect-error one argument too few
      void mount(size, "a");
      // @ts-expect-error one argument too many
      void mount(plain, "a", "b");
      // @ts-expect-error a wrong argument after a key
      void mount("key", size, "a", "b");
      // @ts-expect-error a date is no key
      void mount(new Date(), plain, "a");
    });
  });

  it("of `useMount` have the function's value", () => {
    typesOnly(() => {
      expectTypeOf(useMount(size, "a", 1)).toEqualTypeOf<Promise<number>>();
      expectTypeOf(useMount("key", plain, "a")).toEqualTypeOf<Promise<boolean>>();
      // @ts-expect-error a number for a text
      void useMount(plain, 1);
      // @ts-expect-error one argument too few
      void useMount("key", size, "a");
    });
  });

  it("of `mountEach` want items with the function's first argument, and the others", () => {
    typesOnly(() => {
      expectTypeOf(mountEach(plain, pairs)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mountEach(size, feed, 2)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mountEach("place", size, new Map([["a", "text"]]), 2)).toEqualTypeOf<Promise<MountHandle>>();
      // @ts-expect-error the values are numbers
      void mountEach(plain, [["a", 1]]);
      // @ts-expect-error not pairs
      void mountEach(plain, ["a"]);
      // @ts-expect-error not iterable
      void mountEach(plain, 5);
      // @ts-expect-error the second argument is missing
      void mountEach(size, pairs);
      // @ts-expect-error a text for a number
      void mountEach(size, pairs, "2");
      // @ts-expect-error a date is no key
      void mountEach(plain, [[new Date(), "a"]]);
    });
  });

  it("of `map` have the values in an array", () => {
    typesOnly(() => {
      expectTypeOf(map(size, ["a"], 2)).toEqualTypeOf<Promise<number[]>>();
      expectTypeOf(map(plain, ["a"])).toEqualTypeOf<Promise<boolean[]>>();
      // @ts-expect-error the second argument is missing
      void map(size, ["a"]);
    });
  });

  it("of `statsGroup` have the body's value, or a handle to dispose of", () => {
    typesOnly(() => {
      expectTypeOf(statsGroup("Docs", () => 5)).toEqualTypeOf<number>();
      expectTypeOf(statsGroup("Docs", async () => "text")).toEqualTypeOf<Promise<string>>();
      expectTypeOf(statsGroup("Docs", { reportToStdout: 500 }, async (group) => group)).toEqualTypeOf<
        Promise<StatsGroupHandle>
      >();
      expectTypeOf(statsGroup("Docs", (group) => [group] as const)).toEqualTypeOf<readonly [StatsGroupHandle]>();
      expectTypeOf(statsGroup("Docs")).toEqualTypeOf<OpenStatsGroup>();
      using opened = statsGroup("Docs", { reportToStdout: 500 });
      expectTypeOf(opened.stats()).toEqualTypeOf<UpdateStats | null>();
      expectTypeOf(opened.watch()).toEqualTypeOf<AsyncIterable<UpdateSnapshot<null>>>();
      // @ts-expect-error a group has no value
      void (() => opened.result());
      expectTypeOf(statsGroup("Docs", { reportToStdout: true })).toExtend<StatsGroupHandle & Disposable>();
      expectTypeOf<StatsGroupHandle>().not.toHaveProperty("result");
      expectTypeOf<StatsGroupHandle["watch"]>().returns.toEqualTypeOf<AsyncIterable<UpdateSnapshot<null>>>();
      // @ts-expect-error a title is a text
      statsGroup(5);
      // @ts-expect-error no such option
      statsGroup("Docs", { interval: 5 });
    });
  });

  it("of live sources and live components are those of what they mount", () => {
    typesOnly(() => {
      expectTypeOf(mountEach(size, prices, 2)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mountEach(size, prices as LiveMapFeed<string, string>, 2)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mount(Pages, "a", 1)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mount("key", Pages, "a", 1)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(mountEach(Pages, pairs, 1)).toEqualTypeOf<Promise<MountHandle>>();
      expectTypeOf(autoRefresh(size, { intervalMs: 1 })).toEqualTypeOf<
        LiveComponentClass<readonly [text: string, factor: number]>
      >();
      expectTypeOf(mount(autoRefresh(size, { intervalMs: 1 }), "a", 1)).toEqualTypeOf<Promise<MountHandle>>();
      // @ts-expect-error the values are texts
      void mountEach((value: number) => value, prices);
      // @ts-expect-error one argument too few
      void mount(Pages, "a");
      // @ts-expect-error a number for a text
      void mount(Pages, 1, 1);
      // @ts-expect-error no value to be used
      void useMount(Pages, "a", 1);
      // @ts-expect-error an interval is needed
      autoRefresh(size, {});
      // @ts-expect-error a key is a text
      prices.set(1, "a");
    });
  });
});

declare const prices: LiveMap<string, string>;

declare class Pages implements LiveComponent {
  constructor(text: string, factor: number);
  process(): Promise<void>;
  processLive(operator: LiveComponentOperator): Promise<void>;
}
