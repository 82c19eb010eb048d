import { expect } from "chai";
import { existsSync } from "node:fs";
import { createTempFolder } from "../temp-folder.ts";
import type { Code } from "./project-app.ts";
import { ProjectFolders } from "./project-folders.ts";
import { runProject, type ProjectRun, type ProjectRunEnd } from "./project-run.ts";

const CODE: Code = {
  name: "render",
  out: "out",
  tag: "x",
  parts: ["file", "row", "own", "farFile", "farRow", "farKey"],
};
const INSIDE: Code = { ...CODE, parts: ["file", "row", "own"] };

describe("Projects", () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let folders: ProjectFolders;

  beforeEach(async () => {
    folder = await createTempFolder();
    folders = new ProjectFolders(folder.path);
  });

  afterEach(async () => {
    folders.closeAll(["a", "b", "c"]);
    await folder[Symbol.asyncDispose]();
  });

  /** Makes a project with two sources. */
  function create(dir: string): void {
    folders.create(dir);
    for (const stem of ["1", "2"]) folders.writeSource(dir, stem, `text ${stem}`);
  }

  async function run(dir: string, options: Partial<ProjectRun> = {}): Promise<ProjectRunEnd> {
    const base = folders.at(dir);
    const end = await runProject({ kind: "update", base, far: folders.far, name: "docs", code: CODE, ...options });
    if (end.error !== undefined) throw end.error;
    expect(end.failures).to.deep.equal([]);
    return end;
  }

  const executedIn = async (dir: string, options?: Partial<ProjectRun>): Promise<string[]> =>
    [...(await run(dir, options)).executed].toSorted();

  const inside = (...stems: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      stems.flatMap((stem) =>
        [`in file out/docs/${stem}.html`, `in file own/docs/${stem}/note.txt`, `in row docs ${stem}`].map(
          (state) => [state, `text ${stem}`] as const,
        ),
      ),
    );
  const outside = (...stems: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      stems.flatMap((stem) =>
        [`far file x/docs-${stem}.html`, `far key x/docs/${stem}`, `far row x_docs ${stem}`].map(
          (state) => [state, `text ${stem}`] as const,
        ),
      ),
    );
  const expectInside = (dir: string, ...stems: readonly string[]): void =>
    void expect(Object.fromEntries(folders.inside(dir)), dir).to.deep.equal(inside(...stems));
  const expectOutside = (...stems: readonly string[]): void =>
    void expect(Object.fromEntries(folders.outside())).to.deep.equal(outside(...stems));

  it("keep the outputs of the original when a copy is updated (a bug once: they were deleted)", async () => {
    create("a");
    await run("a");
    folders.copy("a", "b", false);
    folders.removeSource("b", "1");
    await run("b");
    expectInside("a", "1", "2");
    expectInside("b", "2");
    expectOutside("1", "2");
    expect(await executedIn("a")).to.deep.equal([]);
    folders.removeSource("a", "1");
    await run("a");
    expectInside("a", "2");
    expectOutside("2");
  });

  it("run nothing again where they were moved, and remove what has vanished (a bug once: neither)", async () => {
    create("a");
    await run("a", { code: INSIDE });
    folders.move("a", "b");
    folders.removeSource("b", "1");
    expect(await executedIn("b", { code: INSIDE })).to.deep.equal([]);
    expectInside("b", "2");
    await run("b", { kind: "drop", code: INSIDE });
    expectInside("b");
    expect(existsSync(folders.at("b", "out/docs"))).to.equal(false);
  });

  it("let what is outside of a moved project wait until the place is confirmed, and say so", async () => {
    create("a");
    await run("a");
    folders.move("a", "b");
    folders.removeSource("b", "1");
    for (let time = 0; time < 2; time++) {
      const { executed, notices } = await run("b");
      expect([...executed]).to.deep.equal([]);
      expectInside("b", "2");
      expectOutside("1", "2");
      expect(notices, "notices").to.have.length(1);
      expect(notices[0])
        .to.include("3 target states")
        .and.include(folders.at("a", ".tidemark"))
        .and.include("tidemark update --adopt")
        .and.include(folders.at("far/x/docs-1.html"));
    }
    expect((await run("b", { adopt: true })).notices).to.deep.equal([]);
    expectOutside("2");
    expect((await run("b")).notices).to.deep.equal([]);
  });

  it("keep, as a copy of a moved project, what waits there", async () => {
    create("a");
    await run("a");
    folders.move("a", "b");
    folders.removeSource("b", "1");
    await run("b");
    folders.copy("b", "c", false);
    expect((await run("c", { adopt: true })).notices).to.deep.equal([]);
    expectOutside("1", "2");
    await run("b", { adopt: true });
    expectOutside("2");
  });

  it("keep working when a CI cache is restored at another path", async () => {
    create("a");
    await run("a");
    folders.move("a", "b");
    folders.writeSource("b", "1", "text 1 ");
    folders.removeSource("b", "2");
    expect(await executedIn("b")).to.deep.equal(["1"]);
    folders.writeSource("b", "1", "text 1");
    await run("b");
    expectInside("b", "1");
    expectOutside("1", "2");
    folders.move("b", "c");
    expect(await executedIn("c", { adopt: true })).to.deep.equal([]);
    expectInside("c", "1");
    expectOutside("1");
  });

  it("keep working in an image where a project was copied, and in both places", async () => {
    create("a");
    await run("a", { code: INSIDE });
    folders.copy("a", "b", false);
    for (const [dir, stem] of [
      ["b", "1"],
      ["a", "2"],
    ] as const) {
      folders.removeSource(dir, stem);
      expect(await executedIn(dir, { code: INSIDE })).to.deep.equal([]);
    }
    expectInside("a", "1");
    expectInside("b", "2");
  });

  it("take turns between a host and a container that have one folder at two places", async () => {
    create("a");
    await run("a");
    folders.move("a", "b");
    await run("b", { adopt: true });
    let stems = ["1", "2"];
    for (const [from, to] of [
      ["b", "a"],
      ["a", "b"],
    ] as const) {
      folders.move(from, to);
      folders.removeSource(to, stems[0]!);
      stems = stems.slice(1);
      const { executed, notices } = await run(to);
      expect({ executed: [...executed], notices }).to.deep.equal({ executed: [], notices: [] });
      expectInside(to, ...stems);
      expectOutside(...stems);
    }
  });

  it("keep working where a copy has resolved their links", async () => {
    create("a");
    const code: Code = { ...INSIDE, out: "alias" };
    await run("a", { code });
    folders.copy("a", "b", true);
    folders.removeSource("b", "1");
    await run("b", { code });
    expectInside("a", "1", "2");
    const { "in file out/docs/2.html": page, ...rest } = inside("2");
    expect(Object.fromEntries(folders.inside("b"))).to.deep.equal({
      ...rest,
      "in file alias/docs/1.html": "text 1",
      "in file alias/docs/2.html": page,
    });
  });

  it("keep working with an output folder that was made anew with the same content", async () => {
    create("a");
    await run("a");
    folders.copy("far", "kept", false);
    folders.remove("far");
    folders.copy("kept", "far", false);
    folders.removeSource("a", "1");
    const { executed, notices } = await run("a");
    expect({ executed: [...executed], notices }).to.deep.equal({ executed: [], notices: [] });
    expectInside("a", "2");
    expectOutside("2");
  });

  it("write into one folder with a store each, and remove their own files only", async () => {
    for (const dir of ["a", "b"]) {
      create(dir);
      await run(dir, { name: dir, code: { ...CODE, parts: ["farFile"] } });
    }
    folders.removeSource("a", "1");
    await run("a", { name: "a", code: { ...CODE, parts: ["farFile"] } });
    await run("b", { name: "b", kind: "drop", code: { ...CODE, parts: ["farFile"] } });
    expect([...folders.outside().keys()]).to.deep.equal(["far file x/a-2.html"]);
  });

  it("share a store between release folders that set `root`", async () => {
    const shared = { dbPath: folders.at("store"), root: folder.path };
    const code: Code = { ...CODE, parts: ["file", "farFile", "farKey"] };
    create("a");
    await run("a", { ...shared, code });
    folders.create("b");
    folders.writeSource("b", "2", "text 2");
    await run("b", { ...shared, code });
    expect([...folders.inside("b").keys()]).to.deep.equal(["in file out/docs/2.html"]);
    expect([...folders.inside("a").keys()], "the old release").to.deep.equal([]);
    expect([...folders.outside().keys()]).to.deep.equal(["far file x/docs-2.html", "far key x/docs/2"]);
  });

  it("share a store between release folders that are each given as `root`", async () => {
    const dbPath = folders.at("store");
    create("a");
    await run("a", { dbPath, root: folders.at("a") });
    folders.create("b");
    folders.writeForeign("b", "out/docs/1.html", "a file of the release");
    folders.writeSource("b", "2", "text 2");
    await run("b", { dbPath, root: folders.at("b") });
    expectInside("a", "1", "2");
    expect(Object.fromEntries(folders.inside("b"))).to.deep.equal({
      ...inside("2"),
      "in file out/docs/1.html": "a file of the release",
    });
    expectOutside("2");
    expect(await executedIn("b", { dbPath, root: folders.at("b") })).to.deep.equal([]);
  });

  it("keep apart as worktrees, each with a store of its own", async () => {
    for (const dir of ["a", "b"]) {
      create(dir);
      expect(await executedIn(dir, { code: INSIDE })).to.deep.equal(["1", "2"]);
    }
    folders.removeSource("b", "1");
    expect(await executedIn("b", { code: INSIDE })).to.deep.equal([]);
    expectInside("a", "1", "2");
    expectInside("b", "2");
  });

  it("move away from a store that is elsewhere", async () => {
    const dbPath = folders.at("store");
    create("a");
    await run("a", { dbPath, root: folders.at("a") });
    folders.move("a", "b");
    folders.removeSource("b", "1");
    const { executed, notices } = await run("b", { dbPath, root: folders.at("b") });
    expect({ executed: [...executed], notices }).to.deep.equal({ executed: [], notices: [] });
    expectInside("b", "2");
    expectOutside("2");
  });

  describe("on one store, without a root", () => {
    const home = process.cwd();

    afterEach(() => process.chdir(home));

    const runIn = (dir: string, kind: ProjectRun["kind"]): Promise<ProjectRunEnd> => {
      process.chdir(folders.at(dir));
      const base = folders.at(dir);
      return runProject({ kind, base, far: folders.far, name: "docs", code: CODE, dbPath: folders.at("store") });
    };

    it("are refused before anything runs while the project that the app ran for is there", async () => {
      for (const dir of ["a", "b"]) {
        create(dir);
        folders.writeForeign(dir, "package.json", "{}");
      }
      expect((await runIn("a", "update")).error).to.equal(undefined);
      for (const kind of ["update", "drop"] as const) {
        const { error, executed } = await runIn("b", kind);
        expect(error).to.deep.include({ code: "PROJECT_CONFLICT" });
        expect(String(error))
          .to.include(`${folders.at("a")},`)
          .and.include(`${folders.at("b")}:`)
          .and.include("`root`");
        expect([...executed]).to.deep.equal([]);
      }
      expect(folders.inside("a").get("in file out/docs/1.html")).to.equal("text 1");
      expectOutside("1", "2");
    });
  });
});
