import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";

/** An app that writes a page below its own folder, and one outside of it, for each note. */
const APP = `
  import { join } from "node:path";
  import { App, Environment, fn, mountEach } from "tidemark";
  import { mountDirTarget, walkDir } from "tidemark/localfs";

  const at = (...names) => join(import.meta.dirname, ...names);
  const page = fn({ memo: true }, async function page(note, near, far) {
    const text = await note.text();
    near.declareFile(note.path, text);
    far.declareFile(note.path, text);
  });
  const environment = new Environment({ dbPath: at(".tidemark") });
  export const app = new App({ name: "notes", environment }, fn(async function main() {
    const near = await mountDirTarget(at("site"));
    const far = await mountDirTarget(at("../far"));
    await mountEach(page, walkDir(at("notes")).items(), near, far);
  }));
`;

describe("tidemark in a moved project", () => {
  const folder = useCliFolder({ "a/app.ts": APP, "a/notes/1.txt": "one", "a/notes/2.txt": "two" });
  const there = (path: string): boolean => existsSync(join(folder.path, path));

  beforeEach(async () => {
    expect((await folder.run("update", "a/app.ts", "-q")).code).to.equal(0);
    await rename(join(folder.path, "a"), join(folder.path, "b"));
    await rm(join(folder.path, "b/notes/1.txt"));
  });

  it("says what waits, until the place is confirmed with --adopt", async () => {
    const moved = await folder.run("update", "b/app.ts", "-q");
    expect(moved.code, moved.stderr).to.equal(0);
    expect(moved.stderr.trim().split("\n")).to.have.length(1);
    expect(moved.stderr)
      .to.include("1 target state outside of the project waits")
      .and.include(join(folder.path, "a/.tidemark"))
      .and.include("tidemark update --adopt")
      .and.include(join(folder.path, "far/1.txt"));
    expect([there("b/site/1.txt"), there("far/1.txt")]).to.deep.equal([false, true]);
    expect(await folder.run("update", "b/app.ts", "-q", "--adopt")).to.deep.equal({ code: 0, stdout: "", stderr: "" });
    expect(there("far/1.txt")).to.equal(false);
    expect(await folder.run("update", "b/app.ts", "-q")).to.deep.equal({ code: 0, stdout: "", stderr: "" });
  });

  it("refuses to drop it, and drops all of it with --adopt", async () => {
    const { code, stderr } = await folder.run("drop", "b/app.ts", "-f");
    expect(code, stderr).to.equal(1);
    expect(stderr).to.include("target states outside of").and.include("--adopt");
    expect([there("b/site/2.txt"), there("far/2.txt")]).to.deep.equal([true, true]);
    expect((await folder.run("drop", "b/app.ts", "-f", "-q", "--adopt")).stderr).to.equal("");
    expect([there("b/site/2.txt"), there("far/1.txt"), there("far/2.txt")]).to.deep.equal([false, false, false]);
    expect((await folder.run("ls", "b/app.ts")).stdout).to.equal("[+] notes\n");
  });

  it("drops all of it first with --reset and --adopt", async () => {
    expect(await folder.run("update", "b/app.ts", "--reset", "-fq", "--adopt")).to.deep.include({
      code: 0,
      stderr: "",
    });
    expect([there("far/1.txt"), there("far/2.txt"), there("b/site/2.txt")]).to.deep.equal([false, true, true]);
  });
});
