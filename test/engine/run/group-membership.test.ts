import { expect } from "chai";
import { EventEmitter, once } from "node:events";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { componentSubpath, fn, map, mount, mountEach, useMount } from "../../../lib/index.ts";
import { countsOf } from "../../counts.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useKeptGroups } from "./kept-groups.ts";

const doc = fn({ memo: true }, function doc(_text?: unknown) {});

describe("Membership of a stats group", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const { group, handles: groups } = useKeptGroups();

  /** What the run's own report and the groups have added, by title. */
  async function addsBy(body: () => unknown): Promise<Record<string, number>> {
    const rest = await app.update(body);
    const adds: Record<string, number> = { run: rest["doc"]?.adds ?? 0 };
    for (const { title, ...handle } of groups.map((each) => ({ title: each.title, stats: () => each.stats() }))) {
      adds[title] = (adds[title] ?? 0) + (handle.stats()?.total.numAdds ?? 0);
    }
    return adds;
  }

  it("is that of the group opened in each `map` body, side by side", async () => {
    const adds = await addsBy(() =>
      map(
        async (size: number) => {
          await setImmediate();
          await group(`of ${size}`, async () => {
            for (let index = 0; index < size; index++) {
              await setImmediate();
              await mount(`${size} ${index}`, doc);
            }
          });
          await mount(`${size} after`, doc);
        },
        [1, 2, 3],
      ),
    );
    expect(adds).to.deep.equal({ run: 3, "of 1": 1, "of 2": 2, "of 3": 3 });
  });

  it("is that of the caller of a helper that several groups use side by side", async () => {
    const helper = async (key: string, turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      await mount(`${key} single`, doc);
      await setImmediate();
      await mountEach(componentSubpath(key), doc, [[1, 1]]);
    };
    const adds = await addsBy(() =>
      Promise.all([
        group("slow", () => Promise.all([helper("a", 5), helper("b", 1)])),
        helper("c", 2),
        group("quick", () => helper("d", 0)),
      ]),
    );
    expect(adds).to.deep.equal({ run: 2, slow: 4, quick: 2 });
  });

  it("is decided after awaits as before them", async () => {
    const adds = await addsBy(async () => {
      await setImmediate();
      await group("Docs", async () => {
        await mount("a", doc);
        await setImmediate();
        await Promise.all([setImmediate(), mount("b", doc)]);
        await useMount("c", doc);
      });
      await setImmediate();
      await mount("d", doc);
    });
    expect(adds).to.deep.equal({ run: 1, Docs: 3 });
  });

  it("is given to components mounted by callbacks of timers that the body started", async () => {
    const adds = await addsBy(() =>
      group("Docs", async () => {
        await new Promise<void>((resolve) => {
          setTimeout(() => void mount("timeout", doc).then(() => resolve()), 1);
        });
        await new Promise<void>((resolve) => {
          queueMicrotask(() => void mount("microtask", doc).then(() => resolve()));
        });
        await new Promise<void>((resolve) => {
          const timer = setInterval(() => {
            clearInterval(timer);
            void mount("interval", doc).then(() => resolve());
          }, 1);
        });
      }),
    );
    expect(adds).to.deep.equal({ run: 0, Docs: 3 });
  });

  it("is given to components mounted by callbacks of streams that the body started", async () => {
    const adds = await addsBy(() =>
      Promise.all(
        [1, 2].map((branch) =>
          group(`branch ${branch}`, async () => {
            const stream = Readable.from(["a", "b", "c"].slice(0, branch + 1));
            stream.on("data", (text: string) => void mount(`${branch} ${text}`, doc));
            await once(stream, "end");
          }),
        ),
      ),
    );
    expect(adds).to.deep.equal({ run: 0, "branch 1": 2, "branch 2": 3 });
  });

  it("is given to the components outside a child component's own groups", async () => {
    const section = fn(async function section(size: number) {
      await mount("plain", doc);
      await group("Inner", () =>
        mountEach(
          doc,
          Array.from({ length: size }, (_, index) => [index, index]),
        ),
      );
    });
    const adds = await addsBy(() =>
      group("Outer", () => Promise.all([mount("x", section, 2), mount("y", section, 3)])),
    );
    expect(adds).to.deep.equal({ run: 0, Outer: 4, Inner: 5 });
    expect(groups.map(({ title }) => title)).to.deep.equal(["Outer", "Inner", "Inner"]);
  });

  it("ends with the body: components that a callback mounts later are counted around the group, not in a report that has ended", async () => {
    const events = new EventEmitter();
    const adds = await addsBy(async () => {
      const mounted = Promise.withResolvers<void>();
      await group("Outer", async () => {
        group("Inner", () => {
          setTimeout(() => {
            void mount("late", doc);
            events.emit("inner");
          }, 1);
        });
        await once(events, "inner");
      });
      group("Closed", () => {
        setTimeout(() => void mount("later", doc).then(() => mounted.resolve()), 1);
      });
      await mounted.promise;
    });
    expect(adds).to.deep.equal({ run: 1, Outer: 1, Inner: 0, Closed: 0 });
    for (const handle of groups) {
      for await (const { stats, final } of handle.watch()) {
        expect(final).to.equal(true);
        expect(stats).to.equal(handle.stats());
      }
    }
  });

  it("ends with the body for `mountEach` and for groups opened later, too", async () => {
    const adds = await addsBy(async () => {
      const mounted = Promise.withResolvers<void>();
      group("Closed", () => {
        setTimeout(() => {
          const late = async (): Promise<void> => {
            await mountEach(doc, [[1, 1]]);
            await group("Later", () => mount("inside", doc));
            mounted.resolve();
          };
          void late();
        }, 1);
      });
      await mounted.promise;
    });
    expect(adds).to.deep.equal({ run: 1, Closed: 0, Later: 1 });
  });

  it("is kept by a `mountEach` that was called in the body, for items that come after it", async () => {
    const gate = Promise.withResolvers<void>();
    const adds = await addsBy(async () => {
      group("Docs", () => {
        void mountEach(
          doc,
          (async function* items() {
            yield ["a", "a"] as const;
            await gate.promise;
            yield ["b", "b"] as const;
          })(),
        );
      });
      await mount("outside", doc);
      gate.resolve();
    });
    expect(adds).to.deep.equal({ run: 1, Docs: 2 });
  });

  it("is not that of the component that opens the group", async () => {
    const section = fn(function section() {
      group("Docs", () => {});
    });
    const rest = await app.update(() => mount(section));
    expect(rest).to.deep.equal({ section: { starts: 1, adds: 1 } });
    expect(countsOf(groups[0]?.stats()?.total)).to.deep.equal({});
  });
});
