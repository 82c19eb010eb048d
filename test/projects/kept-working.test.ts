import { expect } from "chai";
import { existsSync } from "node:fs";
import type { Code } from "./project-app.ts";
import { inside, INSIDE, useTestProjects } from "./test-projects.ts";

describe("Projects", () => {
  const projects = useTestProjects();

  it("keep the outputs of the original when a copy is updated (a bug once: they were deleted)", async () => {
    projects.create("a");
    await projects.run("a");
    projects.folders.copy("a", "b", false);
    projects.folders.removeSource("b", "1");
    await projects.run("b");
    projects.expectInside("a", "1", "2");
    projects.expectInside("b", "2");
    projects.expectOutside("1", "2");
    expect(await projects.executedIn("a")).to.deep.equal([]);
    projects.folders.removeSource("a", "1");
    await projects.run("a");
    projects.expectInside("a", "2");
    projects.expectOutside("2");
  });

  it("run nothing again where they were moved, and remove what has vanished (a bug once: neither)", async () => {
    projects.create("a");
    await projects.run("a", { code: INSIDE });
    projects.folders.move("a", "b");
    projects.folders.removeSource("b", "1");
    expect(await projects.executedIn("b", { code: INSIDE })).to.deep.equal([]);
    projects.expectInside("b", "2");
    await projects.run("b", { kind: "drop", code: INSIDE });
    projects.expectInside("b");
    expect(existsSync(projects.folders.at("b", "out/docs"))).to.equal(false);
  });

  it("have one owner of each output, also where an app is renamed in a project that was moved", async () => {
    projects.create("a");
    await projects.run("a", { code: INSIDE });
    projects.folders.move("a", "b");
    const renamed = { name: "new", lane: "docs", code: INSIDE };
    await projects.run("b", renamed);
    projects.folders.move("b", "a");
    projects.folders.removeSource("a", "1");
    await projects.run("a", renamed);
    projects.expectInside("a", "2");
    await projects.run("a", { kind: "drop", code: INSIDE });
    projects.expectInside("a", "2");
  });

  it("let what is outside of a moved project wait until the place is confirmed, and say so", async () => {
    projects.create("a");
    await projects.run("a");
    projects.folders.move("a", "b");
    projects.folders.removeSource("b", "1");
    for (let time = 0; time < 2; time++) {
      const { executed, notices } = await projects.run("b");
      expect([...executed]).to.deep.equal([]);
      projects.expectInside("b", "2");
      projects.expectOutside("1", "2");
      expect(notices, "notices").to.have.length(1);
      expect(notices[0])
        .to.include("3 target states")
        .and.include(projects.folders.at("a", ".tidemark"))
        .and.include("tidemark update --adopt")
        .and.include(projects.folders.at("far/x/docs-1.html"));
    }
    expect((await projects.run("b", { adopt: true })).notices).to.deep.equal([]);
    projects.expectOutside("2");
    expect((await projects.run("b")).notices).to.deep.equal([]);
  });

  it("remove nothing in a moved project behind a link that has taken the place of an output folder", async () => {
    projects.create("a");
    await projects.run("a", { code: INSIDE });
    projects.folders.move("a", "b");
    projects.folders.copy("b/out", "elsewhere", false);
    projects.folders.remove("b/out");
    projects.folders.link("elsewhere", "b/out");
    projects.folders.removeSource("b", "1");
    await projects.run("b", { code: INSIDE });
    expect(existsSync(projects.folders.at("elsewhere/docs/1.html"))).to.equal(true);
    expect([...projects.folders.inside("b").keys()]).to.deep.equal(["in file own/docs/2/note.txt", "in row docs 2"]);
    await projects.run("b", { code: INSIDE, adopt: true });
    expect(existsSync(projects.folders.at("elsewhere/docs/1.html"))).to.equal(false);
  });

  it("keep, as a copy of a moved project, what waits there", async () => {
    projects.create("a");
    await projects.run("a");
    projects.folders.move("a", "b");
    projects.folders.removeSource("b", "1");
    await projects.run("b");
    projects.folders.copy("b", "c", false);
    expect((await projects.run("c", { adopt: true })).notices).to.deep.equal([]);
    projects.expectOutside("1", "2");
    await projects.run("b", { adopt: true });
    projects.expectOutside("2");
  });

  it("keep working when a CI cache is restored at another path", async () => {
    projects.create("a");
    await projects.run("a");
    projects.folders.move("a", "b");
    projects.folders.writeSource("b", "1", "text 1 ");
    projects.folders.removeSource("b", "2");
    expect(await projects.executedIn("b")).to.deep.equal(["1"]);
    projects.folders.writeSource("b", "1", "text 1");
    await projects.run("b");
    projects.expectInside("b", "1");
    projects.expectOutside("1", "2");
    projects.folders.move("b", "c");
    expect(await projects.executedIn("c", { adopt: true })).to.deep.equal([]);
    projects.expectInside("c", "1");
    projects.expectOutside("1");
  });

  it("keep working in an image where a project was copied, and in both places", async () => {
    projects.create("a");
    await projects.run("a", { code: INSIDE });
    projects.folders.copy("a", "b", false);
    for (const [dir, stem] of [
      ["b", "1"],
      ["a", "2"],
    ] as const) {
      projects.folders.removeSource(dir, stem);
      expect(await projects.executedIn(dir, { code: INSIDE })).to.deep.equal([]);
    }
    projects.expectInside("a", "1");
    projects.expectInside("b", "2");
  });

  it("take turns between a host and a container that have one folder at two places", async () => {
    projects.create("a");
    await projects.run("a");
    projects.folders.move("a", "b");
    await projects.run("b", { adopt: true });
    let stems = ["1", "2"];
    for (const [from, to] of [
      ["b", "a"],
      ["a", "b"],
    ] as const) {
      projects.folders.move(from, to);
      projects.folders.removeSource(to, stems[0]!);
      stems = stems.slice(1);
      const { executed, notices } = await projects.run(to);
      expect({ executed: [...executed], notices }).to.deep.equal({ executed: [], notices: [] });
      projects.expectInside(to, ...stems);
      projects.expectOutside(...stems);
    }
  });

  it("keep working where a copy has resolved their links", async () => {
    projects.create("a");
    const code: Code = { ...INSIDE, out: "alias" };
    await projects.run("a", { code });
    projects.folders.copy("a", "b", true);
    projects.folders.removeSource("b", "1");
    await projects.run("b", { code });
    projects.expectInside("a", "1", "2");
    const { "in file out/docs/2.html": page, ...rest } = inside("2");
    expect(Object.fromEntries(projects.folders.inside("b"))).to.deep.equal({
      ...rest,
      "in file alias/docs/1.html": "text 1",
      "in file alias/docs/2.html": page,
    });
  });

  it("keep working with an output folder that was made anew with the same content", async () => {
    projects.create("a");
    await projects.run("a");
    projects.folders.copy("far", "kept", false);
    projects.folders.remove("far");
    projects.folders.copy("kept", "far", false);
    projects.folders.removeSource("a", "1");
    const { executed, notices } = await projects.run("a");
    expect({ executed: [...executed], notices }).to.deep.equal({ executed: [], notices: [] });
    projects.expectInside("a", "2");
    projects.expectOutside("2");
  });

  it("keep apart as worktrees, each with a store of its own", async () => {
    for (const dir of ["a", "b"]) {
      projects.create(dir);
      expect(await projects.executedIn(dir, { code: INSIDE })).to.deep.equal(["1", "2"]);
    }
    projects.folders.removeSource("b", "1");
    expect(await projects.executedIn("b", { code: INSIDE })).to.deep.equal([]);
    projects.expectInside("a", "1", "2");
    projects.expectInside("b", "2");
  });
});
