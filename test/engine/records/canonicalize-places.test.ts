import { expect } from "chai";
import { readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { mountDirTarget, type DirTarget } from "../../../lib/connectors/localfs/index.ts";
import { mountTableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { createAppRows, findAppRows } from "../../../lib/engine/records/app-list.ts";
import { canonicalizePlaces } from "../../../lib/engine/records/canonicalize-places.ts";
import { containerToken } from "../../../lib/engine/records/container-token.ts";
import { componentSubpath, fn, mount } from "../../../lib/index.ts";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { encodePath } from "../../../lib/state/stable-key.ts";
import type { StateStore } from "../../../lib/state/store.ts";
import { canonicalizeAll, createProject, filesBelow, type ProjectFolder } from "../../connectors/project-folder.ts";

const declare = fn({ memo: true }, function declare(name: string, content: string, out: DirTarget) {
  out.declareFile(name, content);
});

/** Declares one file in a folder. */
const write =
  (dir: string, name: string, content = name) =>
  async (): Promise<void> => {
    await mount(componentSubpath("file", name), declare, name, content, await mountDirTarget(dir));
  };

/** All rows of a project's store. */
async function rowsOf(project: ProjectFolder): Promise<readonly string[]> {
  await using store = await LmdbStore.open(join(project.path, ".tidemark"));
  return dump(store);
}

function dump(store: StateStore): readonly string[] {
  const entries = [...store.range(Uint8Array.of(0), Uint8Array.of(255))];
  return entries.map(({ key, value }) => `${Buffer.from(key).toString("hex")} ${Buffer.from(value).toString("hex")}`);
}

/** Target states without the component that owns them, and the reverse: there must be none. */
async function inconsistencies(project: ProjectFolder): Promise<readonly string[]> {
  await using store = await LmdbStore.open(join(project.path, ".tidemark"));
  const rows = await createAppRows(store, "app");
  const ids = [...rows.providers()].map(({ id }) => id);
  const owners = ids.flatMap((id) => [...rows.ownersIn(id)].map((owner) => ({ id, owner })));
  const withoutItem = owners.filter(({ id, owner }) => {
    return rows.tracking(owner)?.items.some(({ providerId }) => providerId === id) !== true;
  });
  const items = [...new Set(owners.map(({ owner }) => owner))].flatMap((owner) =>
    (rows.tracking(owner)?.items ?? []).map((item) => ({ item, owner })),
  );
  const withoutOwner = items.filter(({ item, owner }) => {
    return rows.owner(item.providerId, item.key) !== owner || rows.providerPath(item.providerId) === undefined;
  });
  return [
    ...withoutItem.map(({ id, owner }) => `component ${owner} has nothing of provider ${id}`),
    ...withoutOwner.map(({ item, owner }) => `component ${owner} does not own its state of ${item.providerId}`),
  ];
}

describe("canonicalizePlaces", () => {
  it("makes absolute paths below the root relative, and keeps owners, ids and generations", async () => {
    await using project = await createProject();
    const at = (name: string): string => join(project.path, name);
    const body = async (): Promise<void> => {
      await write(at("out"), "a")();
      await mountTableTarget(at("x.db"), { table: "T", columns: { id: "integer" }, primaryKey: "id" });
      await mountDirTarget(join(project.outer, "beside"));
    };
    await project.runOutside(body);
    expect(await project.mounted()).to.have.members([
      '["tidemark/localfs/directory","out"]',
      `["tidemark/localfs/directory",${JSON.stringify(join(project.outer, "beside"))}]`,
      '["tidemark/sqlite/table",["x.db","t"]]',
    ]);
    // The folder and the table have their generations: only the file's component has another argument.
    expect(await project.run(body)).to.deep.equal({
      declare: { starts: 1, reprocesses: 1 },
      mountTarget: { starts: 3, reprocesses: 3 },
    });
    project.move("moved");
    await project.run(() => undefined);
    expect(filesBelow(at("out"))).to.deep.equal([]);
  });

  it("keeps the token of each container, which dependencies of older memos hold", async () => {
    await using project = await createProject();
    const out = join(project.path, "out");
    await project.runOutside(write(out, "a"));
    await canonicalizeAll(project.path);
    await using store = await LmdbStore.open(join(project.path, ".tidemark"));
    const rows = await createAppRows(store, "app");
    const id = rows.providerId(encodePath(["tidemark/localfs/directory", "out"]))!;
    expect(rows.formerTokens(id)).to.deep.equal([containerToken(encodePath(["tidemark/localfs/directory", out]))]);
    expect(rows.providerId(encodePath(["tidemark/localfs/directory", out]))).to.equal(undefined);
  });

  it("keeps memos that depend on the generation of a container, until the container is gone", async () => {
    await using project = await createProject();
    const out = join(project.path, "out");
    let target: DirTarget;
    // The target is no argument, so that the memo depends on it by the container's token alone.
    const declareInto = fn({ memo: true, name: "declareInto" }, (name: string) => target.declareFile(name, name));
    const body = async (): Promise<void> => {
      target = await mountDirTarget(out);
      await mount(declareInto, "a");
    };
    await project.runOutside(body);
    expect((await project.run(body))["declareInto"]).to.deep.equal({ starts: 1, unchanged: 1 });
    rmSync(out, { recursive: true });
    expect((await project.run(body))["declareInto"]).to.deep.equal({ starts: 1, reprocesses: 1 });
    expect(filesBelow(out)).to.deep.equal(["a"]);
  });

  it("frees paths of links that 0.1 had recorded", async () => {
    await using project = await createProject();
    const at = (name: string): string => join(project.outer, name);
    await project.run(write(at("a/out"), "f"));
    renameSync(at("a"), at("b"));
    symlinkSync(at("b"), at("a"));
    expect(await project.mounted()).to.deep.equal([`["tidemark/localfs/directory",${JSON.stringify(at("b/out"))}]`]);
    expect((await project.run(write(at("a/out"), "g")))["declare"]).to.deep.include({ adds: 1, deletes: 1 });
    expect(filesBelow(at("b/out"))).to.deep.equal(["g"]);
  });

  it("changes nothing the second time, nor a store that it does not concern", async () => {
    await using project = await createProject();
    await project.runOutside(write(join(project.path, "out"), "a"));
    await canonicalizeAll(project.path);
    const rows = await rowsOf(project);
    await canonicalizeAll(project.path);
    expect(await rowsOf(project)).to.deep.equal(rows);
  });

  it("writes once, so that an interruption leaves the store as it was", async () => {
    await using project = await createProject();
    await project.runOutside(async () => {
      await write(join(project.path, "one"), "a")();
      await write(join(project.path, "two"), "b")();
    });
    await using store = await LmdbStore.open(join(project.path, ".tidemark"));
    const before = dump(store);
    const writes: number[] = [];
    const interrupted = Object.create(store, {
      get: { value: store.get.bind(store) },
      lastFailure: { value: undefined },
      range: { value: store.range.bind(store) },
      write: {
        value: (changes: readonly unknown[]) => {
          writes.push(changes.length);
          return Promise.reject(new Error("killed"));
        },
      },
    }) as StateStore;
    const error: unknown = await canonicalizePlaces(findAppRows(interrupted, "app")!, project.path).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property("message", "killed");
    expect(writes).to.have.lengthOf(1);
    expect(dump(store)).to.deep.equal(before);
  });

  describe("of two recorded folders that are one by now", () => {
    /** Records two folders of one app, or of two, and makes the second a link to the first. */
    async function createSubject(apps: readonly [string, string] = ["app", "app"]) {
      const project = await createProject();
      const [one, two] = [join(project.path, "one"), join(project.path, "two")];
      const both = async (): Promise<void> => {
        await write(one, "a", "1")();
        await write(two, "b", "2")();
      };
      if (apps[0] === apps[1]) await project.run(both, apps[0]);
      else {
        await project.run(write(one, "a", "1"), apps[0]);
        await project.run(write(two, "b", "2"), apps[1]);
      }
      renameSync(join(two, "b"), join(one, "b"));
      rmSync(two, { recursive: true });
      symlinkSync(one, two);
      return { project, one, two, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() };
    }

    it("merges them: nothing is lost, and each file is removed once it is not declared", async () => {
      await using subject = await createSubject();
      const { one, project, two } = subject;
      await canonicalizeAll(project.path);
      expect(await inconsistencies(project)).to.deep.equal([]);
      expect(await project.mounted()).to.deep.equal(['["tidemark/localfs/directory","one"]']);
      const both = async (): Promise<void> => {
        const out = await mountDirTarget(two);
        for (const [name, content] of [
          ["a", "1"],
          ["b", "2"],
        ] as const) {
          await mount(componentSubpath("file", name), declare, name, content, out);
        }
      };
      await project.run(both);
      expect(filesBelow(one)).to.deep.equal(["a", "b"]);
      await project.run(write(one, "b", "2"));
      expect(filesBelow(one)).to.deep.equal(["b"]);
      await project.run(() => undefined);
      expect(filesBelow(one)).to.deep.equal([]);
    });

    it("merges them where components of different parents mount them, and says that they conflict", async () => {
      await using project = await createProject();
      const [one, two] = [join(project.path, "one"), join(project.path, "two")];
      const mountOne = async (dir: string, name: string): Promise<void> => write(dir, name)();
      const body = async (): Promise<void> => {
        await mount("x", mountOne, two, "a");
        await mount("y", mountOne, one, "b");
      };
      await project.run(body);
      renameSync(join(one, "b"), join(two, "b"));
      rmSync(one, { recursive: true });
      symlinkSync(two, one);
      await canonicalizeAll(project.path);
      expect(await inconsistencies(project)).to.deep.equal([]);
      const error: unknown = await project.run(body).catch((failure: unknown) => failure);
      expect(error).to.have.property("code", "TARGET_CONFLICT");
      await project.run(async () => {
        await mount("x", mountOne, two, "a");
      });
      expect(filesBelow(two)).to.deep.equal(["a"]);
      await project.run(() => undefined);
      expect([filesBelow(two), await inconsistencies(project)]).to.deep.equal([[], []]);
    });

    it("gives both apps the same place", async () => {
      await using subject = await createSubject(["first", "second"]);
      const { one, project } = subject;
      expect(await project.mounted("first")).to.deep.equal(await project.mounted("second"));
      await project.run(() => undefined, "second");
      expect(filesBelow(one)).to.deep.equal(["a"]);
    });

    it("writes a file again that both had made", async () => {
      await using project = await createProject();
      const [one, two] = [join(project.path, "one"), join(project.path, "two")];
      const inBoth = async (): Promise<void> => {
        await mount("x", declare, "same", "1", await mountDirTarget(one));
        await mount("y", declare, "same", "2", await mountDirTarget(two));
      };
      await project.run(inBoth);
      rmSync(one, { recursive: true });
      renameSync(two, one);
      symlinkSync(one, two);
      const onlyFirst = async (): Promise<void> => {
        await mount("x", declare, "same", "1", await mountDirTarget(one));
      };
      await project.run(onlyFirst);
      expect(readFileSync(join(one, "same"), "utf8")).to.equal("1");
      expect(await project.run(onlyFirst)).to.deep.include({ declare: { starts: 1, unchanged: 1 } });
      await project.run(() => undefined);
      expect(filesBelow(one)).to.deep.equal([]);
    });
  });
});
