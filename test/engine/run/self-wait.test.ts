import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import {
  App,
  fn,
  LiveMap,
  mount,
  mountEach,
  statsGroup,
  useMount,
  type StatsGroupHandle,
  type UpdateHandle,
} from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";

const doc = fn(function doc(_text?: string) {});

describe("What would wait for its own end throws WAITS_FOR_ITSELF", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const createApp = <R>(name: string, main: () => R) => new App({ name, environment: test.environment }, main);

  /** Runs `body` as a main function, which expects it to throw; gives the message. */
  async function messageOf(body: () => unknown): Promise<string> {
    let message = "";
    await app.update(async () => {
      const error = await failureOf(async () => body());
      expect(error).to.have.property("code", "WAITS_FOR_ITSELF");
      message = error.message;
    });
    return message;
  }

  describe("for an update or a drop", () => {
    it("in the main function of its own app (a bug once: it hung)", async () => {
      const again = app.withMain(() => {});
      expect(await messageOf(() => again.update())).to.equal(
        'Cannot start an update of app "counted" in component `main` at /: that would wait for its own end; ' +
          "start it when the run that it is part of has ended",
      );
      expect(await messageOf(() => again.drop())).to.include('a drop of app "counted"');
    });

    it("in a component below", async () => {
      const again = app.withMain(() => {});
      const message = await messageOf(() =>
        useMount(async function nested() {
          await again.update();
        }),
      );
      expect(message).to.include("`nested` at /@nested");
    });

    it("in another app's update that its own waits for", async () => {
      const again = app.withMain(() => {});
      const message = await messageOf(() =>
        createApp("other", async function other() {
          await again.update();
        }).update(),
      );
      expect(message).to.include("component `main` at /");
    });

    it("in a watcher of the update", async () => {
      const again = app.withMain(() => {});
      const message = await messageOf(async () => {
        for await (const _snapshot of again.update().watch());
      });
      expect(message).to.include('Cannot start an update of app "counted" in component `main` at /');
    });

    it("but not in another app", async () => {
      const other = createApp("other", function other() {
        return "done";
      });
      await app.update(async () => {
        expect(await other.update()).to.equal("done");
        await other.drop();
      });
    });

    it("but not after the run has ended", async () => {
      const ended = Promise.withResolvers<void>();
      let later: Promise<unknown> | undefined;
      const counted = createApp("counted", () => "later");
      await app.update(() => {
        later = ended.promise.then(() => counted.update().result());
      });
      ended.resolve();
      expect(await later).to.equal("later");
    });
  });

  describe("for the watch of a run", () => {
    it("in a component of it (a bug once: it hung)", async () => {
      let error: unknown;
      const watching = createApp("watching", async function main() {
        await useMount(async function nested() {
          error = await failureOf(() => handle.watch());
        });
      });
      const handle: UpdateHandle<unknown> = watching.update();
      await handle;
      expect(error).to.have.property("code", "WAITS_FOR_ITSELF");
      expect((error as Error).message).to.include("Cannot watch the run in component `nested`");
    });

    it("but not in code that was started outside, nor for another run", async () => {
      const other = createApp("other", () => "done");
      await app.update(async () => {
        for await (const { final, result } of other.update().watch()) if (final) expect(result).to.equal("done");
      });
    });
  });

  for (const live of [false, true]) {
    describe(`for the end of a run that is ${live ? "live" : "not live"}`, () => {
      /** Runs `body` in a component of a run, with the handle of the run; gives the error that it throws. */
      async function errorIn(body: (handle: UpdateHandle<unknown>) => unknown): Promise<Error> {
        let error: Error | undefined;
        const waiting = createApp("waiting", async function main() {
          await useMount(async function nested() {
            error = await failureOf(async () => body(handle));
          });
        });
        const handle: UpdateHandle<unknown> = waiting.update({ live });
        await handle;
        expect(error).to.have.property("code", "WAITS_FOR_ITSELF");
        return error!;
      }

      it("with `await`, `result` and `stop` in a component of it (a bug once: they hung)", async () => {
        expect((await errorIn(async (handle) => void (await handle))).message).to.include(
          "Cannot wait for the result of the run in component `nested`",
        );
        expect((await errorIn((handle) => handle.result())).message).to.include("the result of the run");
        expect((await errorIn((handle) => handle.stop())).message).to.include("Cannot wait for the end of the run");
      });

      it("in another app's update that its own waits for", async () => {
        const { message } = await errorIn((handle) =>
          createApp("other", async function other() {
            await handle;
          }).update(),
        );
        expect(message).to.include("`nested`");
      });

      it("but `stop` begins there if nobody awaits it, and nothing is an unhandled rejection", async () => {
        const map = new LiveMap([["a", "a"]]);
        const stopping = createApp("stopping", async function main() {
          void handle.result();
          await mountEach(
            fn(function item() {
              void handle.stop();
            }),
            map,
          );
          return "stopped";
        });
        const handle: UpdateHandle<unknown> = stopping.update({ live });
        expect(await handle).to.equal("stopped");
        await setImmediate();
      });

      it("but not in code that outlives the function that started it", async () => {
        const stopping = createApp("stopping", async function main() {
          await mountEach(
            fn(function item() {
              ending = setImmediate().then(() => handle.stop());
            }),
            new LiveMap([["a", "a"]]),
          );
        });
        let ending: Promise<void> | undefined;
        const handle: UpdateHandle<unknown> = stopping.update({ live });
        await handle;
        await ending;
      });
    });
  }

  describe("for the watch of a stats group", () => {
    it("in a member of it (a bug once: it hung)", async () => {
      let group: StatsGroupHandle | undefined;
      const message = await messageOf(() =>
        statsGroup("Docs", (opened) => {
          group = opened;
          return useMount(function member() {
            group?.watch();
          });
        }),
      );
      expect(message).to.include('Cannot watch stats group "Docs" in component `member`');
    });

    it("below a member, and in a member of a group inside it", async () => {
      const message = await messageOf(() =>
        statsGroup("Outer", (outer) =>
          statsGroup("Inner", () =>
            useMount(function member() {
              return useMount(function below() {
                outer.watch();
              });
            }),
          ),
        ),
      );
      expect(message).to.include('stats group "Outer"').and.include("`member`");
    });

    it("in the `using` block that opened it (a bug once: it hung)", async () => {
      const message = await messageOf(async () => {
        using group = statsGroup("Docs");
        await mount(doc);
        for await (const _snapshot of group.watch());
      });
      expect(message).to.include('Cannot watch stats group "Docs" in the `using` block that opened it');
    });

    it("but not after the block, nor in a component beside it", async () => {
      await app.update(async () => {
        let group: StatsGroupHandle;
        {
          using opened = statsGroup("Docs");
          group = opened;
          await mount("a", doc);
        }
        const beside = fn(async function beside() {
          for await (const { status } of group.watch()) if (status === "ready") return "ready";
          return "ended";
        });
        const side = useMount(beside);
        const statuses: string[] = [];
        for await (const { status } of group.watch()) statuses.push(status);
        expect(statuses.at(-1)).to.equal("ready");
        expect(await side).to.equal("ready");
      });
    });

    it("but not in its body, which need not wait for it", async () => {
      await app.update(async () => {
        const statuses: string[] = [];
        let following: Promise<void> | undefined;
        await statsGroup("Docs", async (group) => {
          following = (async () => {
            for await (const { status } of group.watch()) statuses.push(status);
          })();
          await mount(doc);
          await setImmediate();
        });
        await following;
        expect(statuses.at(-1)).to.equal("ready");
      });
    });

    it("but not in a member that has ended", async () => {
      let group: StatsGroupHandle | undefined;
      const ended = Promise.withResolvers<void>();
      const watched = Promise.withResolvers<unknown>();
      await app.update(() =>
        statsGroup("Docs", (opened) => {
          group = opened;
          return mount(function member() {
            void (async () => {
              await ended.promise;
              for await (const { final } of group!.watch()) watched.resolve(final);
            })();
          });
        }),
      );
      ended.resolve();
      expect(await watched.promise).to.equal(true);
    });
  });
});
