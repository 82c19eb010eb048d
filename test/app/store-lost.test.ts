import { copyFile, cp, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { stateOf } from "../../lib/app/environment.ts";
import { App, Environment, fn, LiveMap, mount, mountEach } from "../../lib/index.ts";
import { LiveWatch } from "../engine/live/live-watch.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";
import { useTestEnvironment } from "../test-environment.ts";

const doc = fn({ memo: true }, function doc(text: string) {
  return text;
});

/** The ways to lose a store, each with the fate of its data file that the error names. */
const LOSSES: Readonly<Record<string, readonly [fate: string, lose: (store: string) => Promise<unknown>]>> = {
  "its folder is deleted": ["deleted", (store) => rm(store, { recursive: true })],
  "its folder is moved away": ["deleted", (store) => rename(store, `${store}.moved`)],
  "its folder is deleted and a file takes its place": [
    "deleted",
    async (store) => {
      await rm(store, { recursive: true });
      await writeFile(store, "");
    },
  ],
  "its data is deleted": ["deleted", (store) => rm(join(store, "data.mdb"))],
  "its folder is replaced by a copy": [
    "replaced",
    async (store) => {
      await cp(store, `${store}.copy`, { recursive: true });
      await rename(store, `${store}.moved`);
      await rename(`${store}.copy`, store);
    },
  ],
  "its data is replaced by a copy": [
    "replaced",
    async (store) => {
      await copyFile(join(store, "data.mdb"), join(store, "copy.mdb"));
      await rename(join(store, "copy.mdb"), join(store, "data.mdb"));
    },
  ],
  "its data is cut short": ["cut short", (store) => truncate(join(store, "data.mdb"), 8192)],
};

/** Resolves when the record of the last update is stored. */
async function recorded(environment: Environment): Promise<void> {
  const store = await stateOf(environment).store();
  await store.write([]);
}

describe("A store that is lost while it is open", () => {
  const test = useTestEnvironment();
  let text = "one";
  const create = (environment: Environment): App => new App({ name: "app", environment }, () => mount(doc, text));

  for (const [how, [fate, lose]] of Object.entries(LOSSES)) {
    it(`fails each update until another environment opens it, where ${how}`, async () => {
      const { environment } = test;
      const { dbPath } = environment;
      const app = create(environment);
      await app.update().result();
      await recorded(environment);
      await lose(dbPath);
      const found = await readFile(join(dbPath, "data.mdb")).catch(() => undefined);
      text = `two ${how}`;
      for (let round = 0; round < 2; round += 1) {
        const error = await failureOf(app.update().result());
        expect(error.code).to.equal("STORE_LOST");
        expect(error.message).to.include(`Cannot use store at ${dbPath}: its data.mdb was ${fate}`);
        expect(error.message).to.include("close the environment and create another");
      }
      await environment.close();
      expect(await readFile(join(dbPath, "data.mdb")).catch(() => undefined)).to.deep.equal(found);
      if (fate === "cut short") return;
      await rm(dbPath, { recursive: true, force: true });
      await using next = new Environment({ dbPath });
      await create(next).update().result();
    });
  }

  it("goes on when the folder is put back", async () => {
    const { environment } = test;
    const app = create(environment);
    await app.update().result();
    await rename(environment.dbPath, `${environment.dbPath}.moved`);
    expect((await failureOf(app.update().result())).code).to.equal("STORE_LOST");
    await rename(`${environment.dbPath}.moved`, environment.dbPath);
    await app.update().result();
  });

  it("ends a live run at its next change", async () => {
    const { environment } = test;
    const source = new LiveMap<string, string>();
    const handle = new App({ name: "live", environment }, () => mountEach(doc, source)).update({ live: true });
    const result = failureOf(handle.result());
    await new LiveWatch(handle).until(({ status }) => status === "ready");
    await rename(environment.dbPath, `${environment.dbPath}.moved`);
    source.set("a", "a");
    expect((await result).code).to.equal("STORE_LOST");
  });

  it("leaves the files of a store alone that took its place", async () => {
    const { environment } = test;
    const { dbPath } = environment;
    await create(environment).update().result();
    await rename(dbPath, `${dbPath}.moved`);
    await using other = new Environment({ dbPath });
    await create(other).update().result();
    await environment.close();
    expect(JSON.parse(await readFile(join(dbPath, "owner.json"), "utf8"))).to.include({ pid: process.pid });
    // The note of a clean close would keep a damage of the other store from being found.
    expect(await readFile(join(dbPath, "closed.json"), "utf8")).to.equal("");
    await create(other).update().result();
  });

  it("is another one once its lock file is deleted, as other processes can open it", async () => {
    const { environment } = test;
    const app = create(environment);
    await app.update().result();
    await recorded(environment);
    await rm(join(environment.dbPath, ".owner.lock"));
    const error = await failureOf(app.update().result());
    expect(error.code).to.equal("STORE_LOST");
    expect(error.message).to.include(".owner.lock was deleted or replaced");
  });

  it("stays in use when the working directory changes", async () => {
    await using temp = await createTempFolder();
    await mkdir(join(temp.path, "elsewhere/.tidemark"), { recursive: true });
    const before = process.cwd();
    process.chdir(temp.path);
    try {
      await using environment = new Environment({ dbPath: ".tidemark" });
      const app = create(environment);
      await app.update().result();
      process.chdir("elsewhere");
      await app.update().result();
      await environment.close();
      expect(await readdir(temp.path)).to.deep.equal([".tidemark", "elsewhere"]);
      expect(await readdir(".tidemark")).to.deep.equal([]);
      expect(await readFile(join(temp.path, ".tidemark/closed.json"), "utf8")).to.not.equal("");
    } finally {
      process.chdir(before);
    }
  });

  it("stays in use when a link on the way to it is turned", async () => {
    await using temp = await createTempFolder();
    const at = (path: string): string => join(temp.path, path);
    for (const folder of ["one", "two"]) await mkdir(at(folder));
    await symlink("one", at("current"));
    await using environment = new Environment({ dbPath: at("current/state"), root: temp.path });
    const app = create(environment);
    await app.update().result();
    await rm(at("current"));
    await symlink("two", at("current"));
    await app.update().result();
    expect(await readdir(at("two"))).to.deep.equal([]);
  });
});
