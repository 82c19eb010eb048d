import { expect } from "chai";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { mountDirTarget, walkDir, type DirTarget, type File } from "../../../lib/connectors/localfs/index.ts";
import { FileSource } from "../../../lib/connectors/localfs/file-source.ts";
import { mountTableTarget } from "../../../lib/connectors/sqlite/index.ts";
import { formatOneKeyOf, memoKey } from "../../../lib/engine/memo/memoizable.ts";
import { fn, mountEach } from "../../../lib/index.ts";
import { decodePath } from "../../../lib/state/stable-key.ts";
import { bindMount, requireBindMounts } from "../../places/bind-mount.ts";
import { createProject, filesBelow } from "../project-folder.ts";
import { plant } from "./test-tree.ts";

const NAMES = Array.from({ length: 300 }, (_, index) => `${index}.txt`);

/** Writes the files `names` below `dir`, each in a component of the function `component`. */
function writeAll(dir: string, component: string, names: readonly string[] = NAMES) {
  const write = fn({ memo: true, name: component }, function writeOne(name: string, out: DirTarget) {
    out.declareFile(name, name);
  });
  return async (): Promise<void> => {
    const out = await mountDirTarget(dir);
    await mountEach(
      write,
      names.map((name) => [name, name] as const),
      out,
    );
  };
}

/** Copies the files below `docs` to `out`. */
function copyAll(docs: string, out: string) {
  const copy = fn({ memo: true }, async function copy(file: File, target: DirTarget) {
    target.declareFile(file.path, await file.text());
  });
  return async (): Promise<void> => {
    await mountEach(copy, walkDir(docs).items(), await mountDirTarget(out));
  };
}

describe("one folder by several names", () => {
  it("keeps 300 files when it is named by a link in the run in which the component function is renamed", async () => {
    await using project = await createProject();
    const out = join(project.path, "out");
    await project.run(writeAll(out, "before"));
    symlinkSync(out, join(project.outer, "link"));
    symlinkSync(project.outer, join(project.outer, "round"));
    for (const [index, name] of ["link", "round/p/out"].entries()) {
      const counts = await project.run(writeAll(join(project.outer, name), `after${index}`));
      expect(counts[`after${index}`]).to.deep.include({ starts: 300, adds: 300 });
      expect(filesBelow(out)).to.have.lengthOf(300);
    }
    expect(await project.run(writeAll(out, "after1"))).to.deep.include({ after1: { starts: 300, unchanged: 300 } });
  });

  it("keeps 300 files when it is named by a bind mount in the run in which the function is renamed", async function () {
    await using project = await createProject();
    requireBindMounts(this, project.outer);
    const at = (name: string): string => join(project.outer, name);
    for (const out of [join(project.path, "out"), at("elsewhere/out")]) {
      await project.run(writeAll(out, "before"), out);
      const names = [bindMount(out, at("b/out")), bindMount(join(out, ".."), at("c"))];
      try {
        for (const [index, name] of ["b/out", "c/out"].entries()) {
          await project.run(writeAll(at(name), `after${index}`), out);
          expect(filesBelow(out)).to.have.lengthOf(300);
        }
        expect(await project.run(writeAll(out, "after1"), out)).to.deep.include({
          after1: { starts: 300, unchanged: 300 },
        });
      } finally {
        for (const each of names) each[Symbol.dispose]();
      }
    }
  });

  it("is one folder also when it did not exist in the first run", async () => {
    await using project = await createProject();
    symlinkSync(project.path, join(project.outer, "link"));
    await project.run(writeAll(join(project.outer, "link/deep/out"), "write"));
    expect(await project.run(writeAll(join(project.path, "deep/out"), "write"))).to.deep.include({
      write: { starts: 300, unchanged: 300 },
    });
  });

  it("is another folder once a link leads elsewhere: files are removed in the old one, and written in the new", async () => {
    await using project = await createProject();
    const at = (name: string): string => join(project.outer, name);
    mkdirSync(at("one"));
    mkdirSync(at("two"));
    plant(at("."), { "two/foreign": "" });
    symlinkSync(at("one"), at("current"));
    await project.run(writeAll(at("current"), "write", ["a", "b"]));
    rmSync(at("current"));
    symlinkSync(at("two"), at("current"));
    await project.run(writeAll(at("current"), "write", ["b", "c"]));
    expect([filesBelow(at("one")), filesBelow(at("two"))]).to.deep.equal([[], ["b", "c", "foreign"]]);
  });

  it("conflicts with itself when it is mounted by two names in one run", async () => {
    await using project = await createProject();
    symlinkSync(project.path, join(project.outer, "link"));
    const twice = async (): Promise<void> => {
      await mountDirTarget(join(project.path, "out"));
      await mountDirTarget(join(project.outer, "link/out"));
    };
    const error: unknown = await project.run(twice).catch((failure: unknown) => failure);
    expect(error).to.have.property("code", "COMPONENT_PATH_TAKEN");
  });
});

describe("a project that is moved", () => {
  it("runs nothing again, and removes what vanished meanwhile", async () => {
    await using project = await createProject();
    const copying = (): (() => Promise<void>) => copyAll(join(project.path, "docs"), join(project.path, "out"));
    plant(project.outer, { "p/docs/a.md": "a", "p/docs/b.md": "b" });
    expect(await project.run(copying())).to.deep.include({ copy: { starts: 2, adds: 2 } });
    project.move("moved");
    rmSync(join(project.path, "docs/b.md"));
    expect(await project.run(copying())).to.deep.include({ copy: { starts: 2, unchanged: 1, deletes: 1 } });
    expect(filesBelow(join(project.path, "out"))).to.deep.equal(["a.md"]);
  });

  it("removes what is no longer mounted from its new place only", async () => {
    await using project = await createProject();
    await project.run(writeAll(join(project.path, "out"), "write", ["a"]));
    project.move("moved");
    plant(project.outer, { "p/out/a": "of somebody else" });
    await project.run(() => undefined);
    expect(existsSync(join(project.path, "out"))).to.equal(false);
    expect(filesBelow(join(project.outer, "p"))).to.deep.equal(["out/a"]);
  });
});

describe("the identity of a target that 0.1 stored", () => {
  it("has the path as 0.1 resolved it", async () => {
    await using project = await createProject();
    symlinkSync(project.path, join(project.outer, "link"));
    const keys: unknown[] = [];
    await project.run(async () => {
      const out = await mountDirTarget(join(project.outer, "link/out"));
      const table = await mountTableTarget(join(project.outer, "link/x.db"), {
        table: "T",
        columns: { id: "integer" },
        primaryKey: "id",
      });
      const [formatOneTable] = formatOneKeyOf(table) as [unknown];
      const [presentTable] = table[memoKey]() as [unknown];
      keys.push(formatOneKeyOf(out), out[memoKey](), formatOneTable, presentTable);
    });
    const decoded = (keys as [name: string, path: Uint8Array][]).map(([name, path]) => [name, ...decodePath(path)]);
    expect(decoded).to.deep.equal([
      ["tidemark/target", "tidemark/localfs/directory", join(project.outer, "link/out")],
      ["tidemark/target", "tidemark/localfs/directory", "out"],
      ["tidemark/target", "tidemark/sqlite/table", [join(project.path, "x.db"), "t"]],
      ["tidemark/target", "tidemark/sqlite/table", ["x.db", "t"]],
    ]);
  });
});

describe("a source that is defined once for all runs", () => {
  it("identifies its files in a live run as in any other", async () => {
    await using project = await createProject();
    plant(project.path, { "docs/a.md": "a" });
    const source = walkDir(join(project.path, "docs"), { live: true }).items();
    const copy = fn({ memo: true, name: "copy" }, (file: File) => file.text());
    const body = async (): Promise<void> => void (await mountEach(copy, source));
    expect((await project.runLive(body))["copy"]).to.deep.equal({ starts: 1, adds: 1 });
    expect((await project.run(body))["copy"]).to.deep.equal({ starts: 1, unchanged: 1 });
    project.move("moved");
    const moved = walkDir(join(project.path, "docs"), { live: true }).items();
    const again = async (): Promise<void> => void (await mountEach(copy, moved));
    expect((await project.runLive(again))["copy"]).to.deep.equal({ starts: 1, unchanged: 1 });
  });
});

describe("FileSource", () => {
  it("tells folders of one name in different working directories apart", () => {
    const place = (root: string): string => new FileSource({ root, dir: "docs" }).place;
    expect(place("/nowhere/a/docs")).to.not.equal(place("/nowhere/b/docs"));
    expect(place("")).to.equal("/");
  });
});
