import { expect } from "chai";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { planForget, type ForgetQuery } from "../../lib/app/forget.ts";
import { Environment } from "../../lib/index.ts";
import { createTempFolder } from "../temp-folder.ts";
import type { Code } from "../projects/project-app.ts";
import { ProjectFolders } from "../projects/project-folders.ts";
import { runProject, type ProjectRunEnd } from "../projects/project-run.ts";

const CODE: Code = { name: "render", out: "out", tag: "x", parts: ["file", "row", "farFile", "farKey"] };

describe("planForget", () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let folders: ProjectFolders;

  beforeEach(async () => {
    folder = await createTempFolder();
    folders = new ProjectFolders(folder.path);
    folders.create("a");
    for (const stem of ["1", "2"]) folders.writeSource("a", stem, `text ${stem}`);
    await run("a");
  });

  afterEach(async () => {
    folders.closeAll(["a", "b"]);
    await folder[Symbol.asyncDispose]();
  });

  const run = (dir: string, adopt = false): Promise<ProjectRunEnd> =>
    runProject({ kind: "update", base: folders.at(dir), far: folders.far, name: "docs", code: CODE, adopt });

  /** Forgets target states. Returns the names and reasons of the forgotten ones, and the names that no state has. */
  async function forget(dir: string, query: Partial<ForgetQuery>): Promise<readonly (readonly string[])[]> {
    const root = folders.at(dir);
    await using environment = new Environment({ dbPath: join(root, ".tidemark") });
    const plan = await planForget(environment, {
      app: "docs",
      names: [],
      orphans: false,
      workingDirectory: root,
      ...query,
    });
    await plan.forget();
    const states = plan.states.map(({ reason, target }) => [target.replace(folder.path, ""), reason]);
    return [
      ...states.toSorted(([one], [other]) => (one! < other! ? -1 : 1)),
      ...plan.unknownNames.map((name) => [name]),
    ];
  }

  it("forgets a file by its path, which stays when its source is gone", async () => {
    expect(await forget("a", { names: ["out/docs/1.html"] })).to.deep.equal([["/a/out/docs/1.html", "named"]]);
    folders.removeSource("a", "1");
    await run("a");
    expect(folders.inside("a").get("in file out/docs/1.html")).to.equal("text 1");
    expect(folders.inside("a").has("in row docs 1")).to.equal(false);
  });

  it("has a component run again that declares a forgotten state, which is owned anew", async () => {
    await forget("a", { names: [folders.at("a/out/docs/1.html")] });
    expect([...(await run("a")).executed]).to.deep.equal(["1"]);
    folders.removeSource("a", "1");
    await run("a");
    expect(folders.inside("a").has("in file out/docs/1.html")).to.equal(false);
  });

  it("takes a folder, a database and the text of messages for everything in them", async () => {
    expect(await forget("a", { names: ["./out"] })).to.deep.equal(
      ["", "/1.html", "/2.html"].map((file) => [`/a/out/docs${file}`, "named"]),
    );
    expect(await forget("a", { names: ["data.db"] })).to.have.length(3);
    expect(await forget("a", { names: ['/"test/projects/server"/"x/docs/1"'] })).to.deep.equal([
      ['/"test/projects/server"/"x/docs/1"', "named"],
    ]);
  });

  it("finds a file through a link to its folder, and nothing of a name that only begins like another", async () => {
    folders.link("a", "link");
    expect(await forget("a", { names: [folders.at("link/out/docs/2.html")] })).to.have.length(1);
    expect(await forget("a", { names: ["out/doc", "out/docs/3.html"] })).to.deep.equal([
      ["out/doc"],
      ["out/docs/3.html"],
    ]);
  });

  it("forgets orphans: states that wait in a moved project are then kept, also when the place is confirmed", async () => {
    folders.move("a", "b");
    folders.removeSource("b", "1");
    await run("b");
    expect(await forget("b", { orphans: true })).to.deep.equal([
      ['/"test/projects/server"/"x/docs/1"', "given up"],
      ["/far/x/docs-1.html", "given up"],
    ]);
    expect(await forget("b", { orphans: true })).to.deep.equal([]);
    await run("b", true);
    expect(existsSync(folders.at("far/x/docs-1.html"))).to.equal(true);
  });

  it("forgets orphans: states that a copy has given up", async () => {
    folders.copy("a", "b", false);
    folders.removeSource("b", "1");
    await run("b");
    expect(await forget("b", { orphans: true })).to.have.length(2);
    expect(folders.outside().size).to.equal(4);
  });

  it("finds no orphans of an app in good order, and none of an app that is not there", async () => {
    expect(await forget("a", { orphans: true })).to.deep.equal([]);
    expect(await forget("a", { app: "other", names: ["out"], orphans: true })).to.deep.equal([["out"]]);
  });
});
