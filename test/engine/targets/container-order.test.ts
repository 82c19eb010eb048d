import { expect } from "chai";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  App,
  containerAt,
  declareTargetState,
  fn,
  LiveMap,
  mount,
  mountEach,
  mountTarget,
  statsGroup,
  useMount,
  type TargetProvider,
} from "../../../lib/index.ts";
import { mountDirTarget } from "../../../lib/connectors/localfs/index.ts";
import { mountTableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "../live/live-watch.ts";
import { defineRecordingContainer } from "./recording-container.ts";
import { useRecordingTarget } from "./recording-target.ts";

type Provider = TargetProvider<string, string>;

describe("The removal of target states in a container", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  const box = defineRecordingContainer();
  const nest = defineRecordingContainer({ nested: 2 });

  beforeEach(() => {
    for (const each of [box, nest]) {
      each.log.length = 0;
      each.outside.clear();
      each.onApply = undefined;
    }
  });

  const log = (): string[] => box.log.splice(0);
  const boxAt = (name: string): Promise<Provider> => mountTarget(box.kind.at(name, name));
  /** Mounts a container itself, and declares in it. */
  const owner = fn({ memo: true }, async function owner(name: string) {
    const provider = await boxAt(name);
    declareTargetState(provider, "row", "1");
    declareTargetState(target.provider, name, "1");
  });
  const row = fn({ memo: true }, function row(provider: Provider, key: string) {
    declareTargetState(provider, key, "1");
  });

  for (const [form, mountIt] of [
    ["mount", () => mount("o", owner, "box")],
    ["useMount", () => useMount("o", owner, "box")],
    ["mountEach", () => mountEach("o", owner, [["box", "box"]] as const)],
    ["a stats group", () => statsGroup("group", () => mount("o", owner, "box"))],
  ] as const) {
    it(`comes before that of the container that its component mounts itself, by ${form}`, async () => {
      await app.update(mountIt);
      log();
      expect(await app.update(() => {})).to.deep.equal({
        owner: { starts: 1, deletes: 1 },
        mountTarget: { starts: 1, deletes: 1 },
      });
      expect(log()).to.deep.equal(["remove box/row", "remove box"]);
      expect(target.outside.size).to.equal(0);
    });
  }

  it("comes before that of the container when the app is dropped", async () => {
    const body = () => mount(owner, "box");
    await app.update(body);
    log();
    await app.withMain(body).drop();
    expect(log()).to.deep.equal(["remove box/row", "remove box"]);
    expect(await test.environment.apps()).to.deep.equal([]);
  });

  it("comes before that of the container when a tree is removed in which others declare in it", async () => {
    let inside: Provider | undefined;
    const opener = fn(async function opener() {
      inside = await boxAt("box");
    });
    const tree = fn(async function tree() {
      await (await mount("a", opener)).ready();
      await mount("b", row, inside!, "of b");
      declareTargetState(inside!, "of the tree", "1");
    });
    await app.update(() => mount(tree));
    log();
    await app.update(() => {});
    expect(log()).to.deep.equal(["remove box/of b", "remove box/of the tree", "remove box"]);
  });

  it("comes before that of containers three deep, the inner ones first", async () => {
    const deep = fn(async function deep() {
      const one = await mountTarget(nest.kind.at("1", "1"));
      declareTargetState(target.provider, "deep", "1");
      const two = await mountTarget(containerAt<string, string>(one, "2", "1"));
      const three = await mountTarget(containerAt<string, string>(two, "3", "1"));
      declareTargetState(three, "row", "1");
    });
    await app.update(() => mount(deep));
    nest.log.length = 0;
    await app.update(() => {});
    expect(nest.log).to.deep.equal(["remove 1/2/3/row", "remove 1/2/3", "remove 1/2", "remove 1"]);
  });

  it("comes before that of a container that its component stops mounting", async () => {
    const sometimes = fn(async function sometimes(mounts: boolean) {
      if (mounts) declareTargetState(await boxAt("box"), "row", "1");
      declareTargetState(target.provider, "always", "1");
    });
    await app.update(() => mount(sometimes, true));
    log();
    await app.update(() => mount(sometimes, false));
    expect(log()).to.deep.equal(["remove box/row", "remove box"]);
    expect([...target.outside.keys()]).to.deep.equal(["always"]);
  });

  it("comes before that of a container when its component moves to another one, and is run after the old one is unmounted", async () => {
    const opener = fn(async function opener(opens: boolean) {
      if (opens) await boxAt("old");
    });
    const mover = fn(function mover(name: string) {
      declareTargetState({ ...anyProvider!, path: [box.kind.name, name] }, "row", "1");
    });
    let anyProvider: Provider | undefined;
    const body = (name: string) => async () => {
      anyProvider = await boxAt("new");
      await (await mount("opener", opener, name === "old")).ready();
      await mount("mover", mover, name);
    };
    await app.update(body("old"));
    log();
    await app.update(body("new"));
    expect(log()).to.deep.equal(["make new", "remove old/row", "write new/row", "remove old"]);
    expect(test.caught).to.deep.equal([]);
  });

  it("that fails keeps the container, and is tried again before it", async () => {
    await app.update(() => mount(owner, "box"));
    log();
    box.onApply = (entry) => {
      if (entry === "remove box/row") throw new Error("cannot remove");
    };
    for (let round = 0; round < 2; round++) {
      expect((await app.update(() => {}))["owner"]).to.deep.equal({ starts: 1, errors: 1 });
      expect(log()).to.deep.equal([]);
      expect(test.caught).to.have.length(round + 1);
    }
    box.onApply = undefined;
    await app.update(() => {});
    expect(log()).to.deep.equal(["remove box/row", "remove box"]);
    expect(await app.update(() => {})).to.deep.equal({});
  });

  it("comes before that of a container whose deletion is pending from an earlier run", async () => {
    await app.update(() => mount(owner, "box"));
    box.onApply = (entry) => {
      if (entry === "remove box") throw new Error("cannot remove");
    };
    await app.update(() => {});
    box.onApply = undefined;
    log();
    await app.update(() => mount(owner, "box"));
    expect(log()).to.deep.equal(["make box", "write box/row"]);
    await app.update(() => {});
    expect(log()).to.deep.equal(["remove box/row", "remove box"]);
    expect(await app.update(() => {})).to.deep.equal({});
  });

  it("that is aborted half-way goes on in the next run, in the same order", async () => {
    await app.update(() =>
      mountEach(
        owner,
        ["a", "b", "c"].map((name) => [name, name] as const),
      ),
    );
    log();
    const stop = new AbortController();
    box.onApply = () => stop.abort(new Error("enough"));
    await app.update(() => {}, { signal: stop.signal }).catch(() => {});
    box.onApply = undefined;
    await app.update(() => {});
    const removals = log();
    expect(removals).to.have.length(6);
    for (const name of ["a", "b", "c"]) {
      expect(removals.indexOf(`remove ${name}/row`)).to.be.within(0, removals.indexOf(`remove ${name}`));
    }
    expect(await app.update(() => {})).to.deep.equal({});
  });

  it("comes before that of the container of a component that is unmounted in a live run", async () => {
    const items = new LiveMap<string, string>([["box", "box"]]);
    const handle = app.withMain(() => mountEach(owner, items)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.until(({ status }) => status === "ready" && box.outside.size === 2);
    log();
    items.delete("box");
    await watch.until(({ status }) => status === "ready" && box.outside.size === 0);
    expect(log()).to.deep.equal(["remove box/row", "remove box"]);
    await handle.stop();
  });

  it("in a folder that its component mounts itself leaves neither files nor the folder", async () => {
    await using temp = await createTempFolder();
    const site = fn(async function site() {
      const out = await mountDirTarget(join(temp.path, "site"));
      out.declareFile("a/b.html", "1");
    });
    await app.update(() => mount(site));
    expect(existsSync(join(temp.path, "site/a/b.html"))).to.equal(true);
    await app.update(() => {});
    expect(existsSync(join(temp.path, "site"))).to.equal(false);
  });

  for (const act of ["unmounted", "dropped"] as const) {
    it(`in a table of the user's that its component mounts itself leaves the table without our rows when it is ${act}`, async () => {
      await using temp = await createTempFolder();
      const file = join(temp.path, "user.db");
      {
        using database = new DatabaseSync(file);
        database.exec("CREATE TABLE notes (id INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (id)) STRICT");
        database.exec("INSERT INTO notes VALUES (1, 'of the user')");
      }
      const notes = fn(async function notes() {
        const table = await mountTableTarget(file, {
          table: "notes",
          columns: { id: "integer", text: "text" },
          primaryKey: "id",
        });
        table.declareRow({ id: 2, text: "of Tidemark" });
      });
      const subject = new App(
        { name: "notes", environment: test.environment },
        (mounts: boolean) => {
          return mounts ? mount(notes) : undefined;
        },
        true,
      );
      await subject.update();
      const rows = (): unknown[] => {
        using database = new DatabaseSync(file);
        return database
          .prepare("SELECT id FROM notes ORDER BY id")
          .all()
          .map(({ id }) => id);
      };
      expect(test.caught).to.deep.equal([]);
      expect(rows()).to.deep.equal([1, 2]);
      if (act === "dropped") await subject.drop();
      else await new App({ name: "notes", environment: test.environment }, () => {}).update();
      expect(rows()).to.deep.equal([1]);
    });
  }
});
