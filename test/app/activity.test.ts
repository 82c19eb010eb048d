import { expect } from "chai";
import { fn, mount, mountEach, statsGroup, type StatsGroupHandle, type UpdateSnapshot } from "../../lib/index.ts";
import { createCountingApp } from "../engine/counting-app.ts";
import { useTestEnvironment } from "../test-environment.ts";

describe("What a snapshot says of the work to come", () => {
  let release: PromiseWithResolvers<void>;

  beforeEach(() => {
    release = Promise.withResolvers();
  });

  // Before the environment is closed, which waits for what runs.
  afterEach(() => release.resolve());

  const app = createCountingApp(useTestEnvironment());

  /** The first snapshot that is as wanted; the watching goes on to the end, so that one that never comes fails the test. */
  async function find(
    snapshots: AsyncIterable<UpdateSnapshot>,
    isWanted: (snapshot: UpdateSnapshot) => boolean,
    onFound: () => void,
  ): Promise<UpdateSnapshot | undefined> {
    let found: UpdateSnapshot | undefined;
    for await (const snapshot of snapshots) {
      if (found !== undefined || !isWanted(snapshot)) continue;
      found = snapshot;
      onFound();
    }
    return found;
  }

  const quick = fn(function quick(_item: number) {});
  const waits = fn(async function waits(_item: number) {
    await release.promise;
  });

  it("is listing while main reads its items", async () => {
    const endOfItems = Promise.withResolvers<void>();
    async function* items() {
      yield [1, 1] as const;
      await endOfItems.promise;
      yield [2, 2] as const;
    }
    const handle = app.withMain(() => mountEach(quick, items())).update();
    const found = await find(
      handle.watch(),
      ({ stats }) => stats.byComponent["quick"]?.numFinished === 1,
      endOfItems.resolve,
    );
    expect(found).to.include({ isListing: true });
  });

  it("has ended listing when all bodies that mount have returned, although a component is at work", async () => {
    const twice = fn(async function twice(item: number) {
      if (item > 0) await release.promise;
    });
    const handle = app
      .withMain(async () => {
        await mountEach(
          twice,
          [0, 1].map((item) => [item, item] as const),
        );
      })
      .update();
    const found = await find(handle.watch(), ({ isListing }) => !isListing, release.resolve);
    expect(found).to.include({ final: false, isListing: false });
    expect(found?.stats.byComponent["twice"]).to.include({ numExecutionStarts: 2 });
    expect(found?.stats.byComponent["twice"]?.numInProgress).to.be.at.least(1);
  });

  it("goes on listing while a component that may mount others waits", async () => {
    const folder = fn(async function folder(item: number) {
      if (item > 0) await release.promise;
      await mount(quick, item);
    });
    const handle = app
      .withMain(async () => {
        await mountEach(
          folder,
          [0, 1].map((item) => [item, item] as const),
        );
      })
      .update();
    const found = await find(
      handle.watch(),
      ({ stats }) => stats.byComponent["quick"]?.numFinished === 1 && stats.byComponent["main"]?.numInProgress === 1,
      release.resolve,
    );
    expect(found).to.include({ isListing: true });
  });

  it("names the component at work with its path and its mean time, and leaves out the components that wait for it", async () => {
    const folder = fn(async function folder() {
      await mountEach(waits, [["a b", 1] as const]);
    });
    const handle = app.withMain(() => mount("docs", folder)).update();
    const found = await find(
      handle.watch(),
      ({ oldest, stats }) => oldest !== null && stats.byComponent["waits"]?.numInProgress === 1,
      release.resolve,
    );
    expect(found?.oldest).to.deep.include({ component: "waits", meanMs: null });
    expect(found?.oldest?.path).to.match(/docs.*a b/);
    expect(found?.oldest?.startedMs).to.be.at.least(0).and.at.most(found!.elapsedMs);
  });

  it("tells of each stats group apart", async () => {
    let group!: StatsGroupHandle;
    const opened = Promise.withResolvers<void>();
    const handle = app
      .withMain(async () => {
        await statsGroup("Docs", async (own) => {
          group = own;
          opened.resolve();
          await mountEach(waits, [["doc", 1] as const]);
          await release.promise;
        });
      })
      .update();
    void handle.result();
    await opened.promise;
    const found = await find(group.watch(), ({ oldest }) => oldest !== null, release.resolve);
    expect(found?.oldest).to.include({ component: "waits" });
    expect(found, "its body is still running").to.include({ isListing: true, lastFinishedMs: null });
    await handle;
  });

  it("names a component that is being deleted", async () => {
    await app.update(() => mount("old", quick, 1));
    const handle = app.withMain(() => {}).update();
    const last = await find(
      handle.watch(),
      ({ final }) => final,
      () => {},
    );
    expect(last?.stats.byComponent["quick"]).to.include({ numDeletes: 1, numInProgress: 0 });
    expect(last?.lastFinishedMs).to.be.a("number");
    expect(last?.oldest).to.equal(null);
  });
});
