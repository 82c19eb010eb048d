import { expect } from "chai";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { stateOf } from "../../../lib/app/environment.ts";
import { walkDir } from "../../../lib/connectors/localfs/index.ts";
import { App, componentSubpath, fn, LiveMap, mountEach, statsGroup } from "../../../lib/index.ts";
import type { Notice } from "../../../lib/progress/notices.ts";
import type { MountItems } from "../../../lib/engine/sources/mount-items.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment } from "../../test-environment.ts";

type Entry = readonly [string, number];

const use = fn({ memo: true }, function use(_value: unknown) {});

const SOURCES: Readonly<Record<string, (entries: readonly Entry[]) => MountItems<number>>> = {
  "an array": (entries) => entries,
  "a Map": (entries) => new Map(entries),
  "a generator": function* generate(entries) {
    yield* entries;
  },
  "an asynchronous generator": async function* generate(entries) {
    yield* entries;
  },
  "a LiveMap": (entries) => new LiveMap(entries),
};

/** An environment with an app that mounts what `body` mounts, and the notices of its runs. */
async function createSubject(body: () => Promise<unknown>) {
  const test = await createTestEnvironment();
  let notices: Notice[] = [];
  stateOf(test.environment).noticeLog = (notice) => notices.push(notice);
  const app = new App(
    { name: "app", environment: test.environment },
    fn(async function main() {
      await body();
    }),
  );
  const run = async (): Promise<readonly Notice[]> => {
    notices = [];
    await app.update();
    return notices;
  };
  return {
    app,
    run,
    notices: () => notices,
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

describe("a source without items", () => {
  for (const [kind, sourceOf] of Object.entries(SOURCES)) {
    it(`is said once, by the run that deletes what was made of ${kind}`, async () => {
      let entries: readonly Entry[] = [];
      await using subject = await createSubject(() => mountEach(use, sourceOf(entries)));
      expect(await subject.run()).to.deep.equal([]);
      entries = [["a", 1]];
      expect(await subject.run()).to.deep.equal([]);
      entries = [];
      expect(await subject.run()).to.deep.equal([
        {
          code: "SOURCE_EMPTIED",
          message: "Source of `use` at /@use has no items now; everything made of its former items is to be deleted",
          path: "/@use",
          group: null,
        },
      ]);
      expect(await subject.run()).to.deep.equal([]);
    });
  }

  it("is said of its own place only, with the title of its group", async () => {
    let entries: readonly Entry[] = [["a", 1]];
    await using subject = await createSubject(async () => {
      await componentSubpath("full").run(() => mountEach(use, [["a", 1] as const]));
      await statsGroup("Docs", () => componentSubpath("empty").run(() => mountEach(use, entries)));
    });
    await subject.run();
    entries = [];
    const notices = await subject.run();
    expect(notices.map(({ group, path }) => [group, path])).to.deep.equal([["Docs", '/"empty"/@use']]);
  });

  it("is not said where its items are only mounted elsewhere below the place", async () => {
    await using subject = await createSubject(async () => {
      await componentSubpath("a").run(() => mountEach("b", use, [["c", 1] as const]));
      await mountEach("a", use, [] as readonly Entry[]);
    });
    await subject.run();
    expect(await subject.run()).to.deep.equal([]);
  });

  it("is said in a live run by the listing that finds it empty", async () => {
    const entries = new LiveMap<string, number>([["a", 1]]);
    await using subject = await createSubject(() => mountEach(use, entries));
    await subject.run();
    entries.clear();
    const handle = subject.app.update({ live: true });
    for await (const { status } of handle.watch()) if (status === "ready") break;
    await handle.stop();
    expect(subject.notices().map(({ code }) => code)).to.deep.equal(["SOURCE_EMPTIED"]);
  });

  for (const live of [false, true]) {
    it(`is said by each run where the globs of walkDir match nothing, with live ${live}`, async () => {
      await using temp = await createTempFolder();
      const docs = join(temp.path, "docs");
      mkdirSync(docs);
      let include: string | undefined = "**/*.md";
      await using subject = await createSubject(() => {
        const walk = live
          ? walkDir(docs, { ...(include && { include }), live })
          : walkDir(docs, include === undefined ? {} : { include });
        return mountEach(use, walk.items());
      });
      const message = `Source of \`use\` at /@use has no items: no file in ${docs} matches "**/*.md"`;
      for (let run = 0; run < 2; run++) {
        const notices = await subject.run();
        expect(notices).to.deep.equal([{ code: "NOTHING_MATCHES", message, path: "/@use", group: null }]);
      }
      include = undefined;
      expect(await subject.run()).to.deep.equal([]);
    });
  }
});
