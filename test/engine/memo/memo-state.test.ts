import { expect } from "chai";
import { mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountDirTarget, walkDir, type DirTarget, type File } from "../../../lib/connectors/localfs/index.ts";
import {
  declareTargetState,
  fn,
  memoKey,
  memoState,
  mount,
  mountEach,
  type Environment,
  type MemoState,
} from "../../../lib/index.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";
import { createLog, run } from "../logged-work.ts";

type Work = ReturnType<typeof createLog>["work"];

/** Ways to have a function called with one argument. An item of `mountEach` is compared before there is a component for it. */
const WAYS: Readonly<Record<string, (work: Work, argument: unknown) => Promise<unknown>>> = {
  mount: (work, argument) => mount(work, argument),
  mountEach: (work, argument) => mountEach(work, [["item", argument]]),
};

for (const [name, place] of Object.entries(WAYS)) {
  describe(`Memo states of what ${name} mounts`, () => {
    it("decide with the state of the last run whether a memo holds", async () => {
      await using test = await createTestEnvironment();
      const asked: unknown[] = [];
      const { ran, work } = createLog();
      const update = (state: unknown, isValid: boolean): Promise<unknown> =>
        run(test.environment, () =>
          place(
            work,
            createDocument("a", (previous) => (asked.push(previous), { state, isValid })),
          ),
        );
      await update("first", false);
      await update("second", true);
      await update("third", true);
      await update("fourth", false);
      await update("fifth", true);
      expect(ran).to.have.length(2);
      expect(asked).to.deep.equal([undefined, "first", "second", "third", "fourth"]);
    });

    it("all have to hold, and each is asked with its own", async () => {
      await using test = await createTestEnvironment();
      const asked: string[] = [];
      const { ran, work } = createLog();
      const document = (key: string, isValid: boolean): unknown =>
        createDocument(
          key,
          (previous) => (asked.push(`${key}:${String(previous)}`), { state: `state of ${key}`, isValid }),
        );
      await run(test.environment, () => place(work, [document("a", true), document("b", true)]));
      await run(test.environment, () => place(work, [document("a", true), document("b", true)]));
      expect(ran).to.have.length(1);
      await run(test.environment, () => place(work, [document("a", true), document("b", false)]));
      expect(ran).to.have.length(2);
      expect(asked.slice(2, 4)).to.deep.equal(["a:state of a", "b:state of b"]);
    });

    it("may need time", async () => {
      await using test = await createTestEnvironment();
      const { ran, work } = createLog();
      const document = (isValid: boolean): unknown =>
        createDocument("a", async () => {
          await new Promise(setImmediate);
          return { state: 1, isValid };
        });
      for (const isValid of [true, true, false, true]) {
        await run(test.environment, () => place(work, document(isValid)));
      }
      expect(ran).to.have.length(2);
    });

    it("that throw fail their own component, with nothing lost, until they work again", async () => {
      await using test = await createTestEnvironment();
      const target = defineRecordingTarget();
      const { ran, work } = createLog(() => declareTargetState(target.provider, "key", "a"));
      const error = new Error("cannot look");
      let fails = false;
      const document = createDocument("a", () => {
        if (fails) throw error;
        return { state: 1, isValid: true };
      });
      await run(test.environment, () => place(work, document));
      fails = true;
      expect((await run(test.environment, () => place(work, document)))["work"]).to.deep.equal({
        starts: 1,
        errors: 1,
      });
      expect(test.caught.map((caught) => caught.error)).to.deep.equal([error]);
      expect([...target.outside.keys()]).to.deep.equal(["key"]);
      fails = false;
      expect((await run(test.environment, () => place(work, document)))["work"]).to.deep.equal({
        starts: 1,
        unchanged: 1,
      });
      expect(ran).to.have.length(1);
    });

    it("that reject do so as well", async () => {
      await using test = await createTestEnvironment();
      const { work } = createLog();
      const error = new Error("cannot look");
      const document = createDocument("a", (previous) =>
        previous === undefined ? { state: 1, isValid: true } : Promise.reject(error),
      );
      await run(test.environment, () => place(work, document));
      const counts = await run(test.environment, () => place(work, document));
      expect(counts["work"]).to.deep.equal({ starts: 1, errors: 1 });
      expect(test.caught.map((caught) => caught.error)).to.deep.equal([error]);
    });

    it("are not asked when the arguments differ anyway", async () => {
      await using test = await createTestEnvironment();
      const asked: unknown[] = [];
      const { work } = createLog();
      const document = createDocument("a", (previous) => (asked.push(previous), { state: 1, isValid: true }));
      await run(test.environment, () => place(work, [document, 1]));
      await run(test.environment, () => place(work, [document, 2]));
      expect(asked).to.deep.equal([undefined, undefined]);
    });
  });
}

describe("Files as arguments", () => {
  it("are unchanged when nothing has changed, and have changed when other content has the same time and size", async () => {
    await using test = await createTestEnvironment();
    await using site = await createSite(test.environment, { "a.txt": "one" });
    await site.update();
    expect((await site.update())["publish"]).to.deep.equal({ starts: 1, unchanged: 1 });
    site.write("a.txt", "two", OLD);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 1, reprocesses: 1 });
  });

  it("count as unchanged when only their time has changed, and their targets are not touched", async () => {
    await using test = await createTestEnvironment();
    await using site = await createSite(test.environment, { "a.txt": "one", "b.txt": "two" });
    await site.update();
    const before = site.published("a.txt");
    site.write("a.txt", "one", NEW);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 2, unchanged: 2 });
    const after = site.published("a.txt");
    expect([after.ino, after.mtimeMs]).to.deep.equal([before.ino, before.mtimeMs]);
    expect((await site.update())["publish"], "the new time is on record").to.deep.equal({ starts: 2, unchanged: 2 });
  });

  it("have their component run when their content has changed", async () => {
    await using test = await createTestEnvironment();
    await using site = await createSite(test.environment, { "a.txt": "one", "b.txt": "two" });
    await site.update();
    site.write("a.txt", "ONE", NEW);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 2, unchanged: 1, reprocesses: 1 });
    site.write("a.txt", "longer", NEW);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 2, unchanged: 1, reprocesses: 1 });
  });
});

const OLD = new Date("2020-01-01T00:00:00Z");
const NEW = new Date("2021-01-01T00:00:00Z");

function createDocument(key: string, state: (previous: unknown) => MemoState | Promise<MemoState>): unknown {
  return { [memoKey]: () => key, [memoState]: state };
}

/** Files, and an app that puts a copy of each into another folder. */
async function createSite(environment: Environment, files: Readonly<Record<string, string>>) {
  const folder = await createTempFolder();
  const [source, out] = [join(folder.path, "source"), join(folder.path, "out")];
  mkdirSync(source);
  const publish = fn({ memo: true }, async function publish(file: File, target: DirTarget) {
    target.declareFile(file.path, await file.text());
  });
  const write = (path: string, content: string, modifiedAt: Date): void => {
    writeFileSync(join(source, path), content);
    utimesSync(join(source, path), modifiedAt, modifiedAt);
  };
  for (const [path, content] of Object.entries(files)) write(path, content, OLD);
  return {
    write,
    published: (path: string) => statSync(join(out, path)),
    update: () => run(environment, async () => mountEach(publish, walkDir(source).items(), await mountDirTarget(out))),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
