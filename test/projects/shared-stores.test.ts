import { expect } from "chai";
import type { Code } from "./project-app.ts";
import { runProject, type ProjectRun, type ProjectRunEnd } from "./project-run.ts";
import { CODE, inside, useTestProjects } from "./test-projects.ts";

describe("Projects that share a folder or a store", () => {
  const projects = useTestProjects();

  it("write into one folder with a store each, and remove their own files only", async () => {
    for (const dir of ["a", "b"]) {
      projects.create(dir);
      await projects.run(dir, { name: dir, code: { ...CODE, parts: ["farFile"] } });
    }
    projects.folders.removeSource("a", "1");
    await projects.run("a", { name: "a", code: { ...CODE, parts: ["farFile"] } });
    await projects.run("b", { name: "b", kind: "drop", code: { ...CODE, parts: ["farFile"] } });
    expect([...projects.folders.outside().keys()]).to.deep.equal(["far file x/a-2.html"]);
  });

  it("share a store between release folders that set `root`", async () => {
    const shared = { dbPath: projects.folders.at("store"), root: projects.folders.at() };
    const code: Code = { ...CODE, parts: ["file", "farFile", "farKey"] };
    projects.create("a");
    await projects.run("a", { ...shared, code });
    projects.folders.create("b");
    projects.folders.writeSource("b", "2", "text 2");
    await projects.run("b", { ...shared, code });
    expect([...projects.folders.inside("b").keys()]).to.deep.equal(["in file out/docs/2.html"]);
    expect([...projects.folders.inside("a").keys()], "the old release").to.deep.equal([]);
    expect([...projects.folders.outside().keys()]).to.deep.equal(["far file x/docs-2.html", "far key x/docs/2"]);
  });

  it("share a store between release folders that are each given as `root`", async () => {
    const dbPath = projects.folders.at("store");
    projects.create("a");
    await projects.run("a", { dbPath, root: projects.folders.at("a") });
    projects.folders.create("b");
    projects.folders.writeForeign("b", "out/docs/1.html", "a file of the release");
    projects.folders.writeSource("b", "2", "text 2");
    await projects.run("b", { dbPath, root: projects.folders.at("b") });
    projects.expectInside("a", "1", "2");
    expect(Object.fromEntries(projects.folders.inside("b"))).to.deep.equal({
      ...inside("2"),
      "in file out/docs/1.html": "a file of the release",
    });
    projects.expectOutside("2");
    expect(await projects.executedIn("b", { dbPath, root: projects.folders.at("b") })).to.deep.equal([]);
  });

  it("move away from a store that is elsewhere", async () => {
    const dbPath = projects.folders.at("store");
    projects.create("a");
    await projects.run("a", { dbPath, root: projects.folders.at("a") });
    projects.folders.move("a", "b");
    projects.folders.removeSource("b", "1");
    const { executed, notices } = await projects.run("b", { dbPath, root: projects.folders.at("b") });
    expect({ executed: [...executed], notices }).to.deep.equal({ executed: [], notices: [] });
    projects.expectInside("b", "2");
    projects.expectOutside("2");
  });

  describe("on one store, without a root", () => {
    const home = process.cwd();

    afterEach(() => process.chdir(home));

    const runIn = (dir: string, kind: ProjectRun["kind"]): Promise<ProjectRunEnd> => {
      process.chdir(projects.folders.at(dir));
      const base = projects.folders.at(dir);
      return runProject({
        kind,
        base,
        far: projects.folders.far,
        name: "docs",
        code: CODE,
        dbPath: projects.folders.at("store"),
      });
    };

    it("are refused before anything runs while the project that the app ran for is there", async () => {
      for (const dir of ["a", "b"]) {
        projects.create(dir);
        projects.folders.writeForeign(dir, "package.json", "{}");
      }
      expect((await runIn("a", "update")).error).to.equal(undefined);
      for (const kind of ["update", "drop"] as const) {
        const { error, executed } = await runIn("b", kind);
        expect(error).to.deep.include({ code: "PROJECT_CONFLICT" });
        expect(String(error))
          .to.include(`${projects.folders.at("a")},`)
          .and.include(`${projects.folders.at("b")}:`)
          .and.include("`root`");
        expect([...executed]).to.deep.equal([]);
      }
      expect(projects.folders.inside("a").get("in file out/docs/1.html")).to.equal("text 1");
      projects.expectOutside("1", "2");
    });
  });
});
