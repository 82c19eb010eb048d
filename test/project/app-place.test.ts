import { expect } from "chai";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readAppPlace } from "../../lib/engine/records/app-places.ts";
import { StoreRows } from "../../lib/engine/records/store-rows.ts";
import { StoreHome } from "../../lib/project/store-home.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("StoreHome.enterProject", () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let at: (...names: readonly string[]) => string;

  beforeEach(async () => {
    folder = await createTempFolder();
    at = (...names) => join(folder.path, ...names);
    for (const name of ["a", "b"]) await mkdir(at(name));
    forgotten = [];
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  async function withHome<T>(path: string, use: (home: StoreHome) => Promise<T>): Promise<T> {
    await using store = await LmdbStore.open(path);
    return await use(await StoreHome.open(store, path));
  }

  /** The roots for which an app forgot the target states below an earlier root. */
  let forgotten: string[];

  const enter = (store: string, root: string, { app = "docs", isRootGiven = false } = {}): Promise<void> =>
    withHome(store, (home) =>
      home.enterProject(app, {
        root,
        isRootGiven,
        async giveUpOutside() {},
        async canonicalize() {},
        isCopyOf01: () => false,
        async forgetInside() {
          forgotten.push(root);
        },
      }),
    );
  const codeOf = (entering: Promise<void>): Promise<unknown> =>
    entering.then(
      () => undefined,
      (error: unknown) => (error as { code: unknown }).code,
    );

  it("refuses another project while the one that the app ran for is there", async () => {
    await enter(at("store"), at("a"));
    const error = (await enter(at("store"), at("b")).catch((thrown: unknown) => thrown)) as Error;
    expect(error).to.deep.include({ code: "PROJECT_CONFLICT" });
    expect(error.message).to.include(at("a")).and.include(at("b")).and.include("`root`");
    await enter(at("store"), at("a"));
    await enter(at("store"), at("b"), { app: "other" });
  });

  it("takes another project whose root is given, remembers it, and forgets what is below the earlier one", async () => {
    await enter(at("store"), at("a"));
    await enter(at("store"), at("b"), { isRootGiven: true });
    await enter(at("store"), at("b"));
    expect(forgotten).to.deep.equal([at("b")]);
    expect(await codeOf(enter(at("store"), at("a")))).to.equal("PROJECT_CONFLICT");
  });

  it("takes a project that was moved away from its store, or that is reached by another name", async () => {
    await enter(at("store"), at("a"));
    await symlink(at("a"), at("link"));
    await enter(at("store"), at("link"));
    await rm(at("link"));
    await rename(at("a"), at("c"));
    await enter(at("store"), at("c"), { isRootGiven: true });
    expect(forgotten).to.deep.equal([]);
    expect(await codeOf(enter(at("store"), at("b")))).to.equal("PROJECT_CONFLICT");
  });

  it("takes a project that was moved together with its store, each app by itself", async () => {
    for (const app of ["one", "two"]) await enter(at("a", ".tidemark"), at("a"), { app });
    await rename(at("a"), at("c"));
    await mkdir(at("a"));
    for (const app of ["one", "two", "one"]) await enter(at("c", ".tidemark"), at("c"), { app });
  });

  it("refuses another project of a store that was moved without it", async () => {
    await enter(at("store"), at("a"));
    await rename(at("store"), at("moved"));
    expect(await codeOf(enter(at("moved"), at("b")))).to.equal("PROJECT_CONFLICT");
    await enter(at("moved"), at("a"));
  });

  it("moves along with the project for apps that have not run in the new place, unless the root is above both", async () => {
    const store = at("a", "deep", ".tidemark");
    await enter(store, at("a"), { app: "one" });
    await enter(store, at("a", "deep"), { app: "two" });
    await enter(store, at(), { app: "far" });
    await enter(store, at("b"), { app: "other" });
    await rename(at("a"), at("c"));
    await using opened = await LmdbStore.open(at("c", "deep", ".tidemark"));
    await StoreHome.open(opened, at("c", "deep", ".tidemark"));
    const roots = ["one", "two", "far", "other"].map((app) => readAppPlace(new StoreRows(opened), app)?.root);
    expect(roots).to.deep.equal([at("c"), at("c", "deep"), at(), at("b")]);
  });

  it("takes any project again once the app was dropped", async () => {
    await enter(at("store"), at("a"));
    await withHome(at("store"), (home) => home.leaveProject("docs"));
    await enter(at("store"), at("b"));
  });
});
