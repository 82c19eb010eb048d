import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { mountDirTarget, walkDir, type DirTarget, type File } from "../../../lib/connectors/localfs/index.ts";
import {
  App,
  Environment,
  fn,
  mount,
  mountEach,
  TidemarkError,
  type ComponentStats,
  type UpdateHandle,
} from "../../../lib/index.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { plant, plantUnlistable, replaceFile } from "./test-tree.ts";

const render = fn({ memo: true }, async function render(file: File, out: DirTarget) {
  out.declareFile(file.path.replace(/\.md$/, ".html"), `<p>${await file.text()}</p>`);
});

const site = fn(async function site(docs: string, dir: string) {
  const out = await mountDirTarget(dir);
  await mountEach(render, walkDir(docs, { include: "**/*.md" }).items(), out);
});

/** Declares files as `plan` says at the time of the run: paths with contents, by component. */
const declareAll = fn(async function declareAll(
  plan: () => Readonly<Record<string, Record<string, string>>>,
  dir: string,
) {
  const out = await mountDirTarget(dir);
  for (const [name, files] of Object.entries(plan())) await mount(name, declareFiles, files, out);
});

const declareFiles = fn({ memo: true }, function declareFiles(files: Record<string, string>, out: DirTarget) {
  for (const [path, content] of Object.entries(files)) out.declareFile(path, content);
});

/** Two folders, `docs` and `site`, and an environment. */
async function createSubject() {
  const temp = await createTempFolder();
  const environment = new Environment({ dbPath: join(temp.path, "state"), onException: () => undefined });
  const docs = join(temp.path, "docs");
  mkdirSync(docs);
  return {
    docs,
    site: join(temp.path, "site"),
    environment,
    async [Symbol.asyncDispose]() {
      await environment.close();
      await temp[Symbol.asyncDispose]();
    },
  };
}

function filesIn(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, "utf8")]));
}

/** What the components of one name did in a run, without zeros. */
async function runOf(handle: UpdateHandle<unknown>, component: string): Promise<Partial<ComponentStats>> {
  await handle;
  const { numUnchanged, numAdds, numReprocesses, numDeletes, numErrors } = handle.stats()!.byComponent[component]!;
  const all = { numUnchanged, numAdds, numReprocesses, numDeletes, numErrors };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

describe("a pipeline from folder to folder", () => {
  it("keeps a colon in names of files and folders", async () => {
    await using subject = await createSubject();
    plant(subject.docs, { "12:30/a:b.md": "a", "c:d.md": "b" });
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    await app.update();
    expect(filesIn(subject.site)).to.deep.equal({ "12:30/a:b.html": "<p>a</p>", "c:d.html": "<p>b</p>" });
    rmSync(join(subject.docs, "c:d.md"));
    await app.update();
    expect(filesIn(subject.site)).to.deep.equal({ "12:30/a:b.html": "<p>a</p>" });
  });

  it("renders all files, and afterwards only changed ones", async () => {
    await using subject = await createSubject();
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    plant(subject.docs, { "a.md": "1", "b/c.md": "2", "b/d.md": "3", "b/e.txt": "" });
    expect(await runOf(app.update(), "render")).to.deep.equal({ numAdds: 3 });
    expect(filesIn(subject.site)).to.deep.equal({
      "a.html": "<p>1</p>",
      "b/c.html": "<p>2</p>",
      "b/d.html": "<p>3</p>",
    });
    expect(await runOf(app.update(), "render")).to.deep.equal({ numUnchanged: 3 });

    utimesSync(join(subject.docs, "a.md"), 1, 1);
    expect(await runOf(app.update(), "render")).to.deep.equal({ numUnchanged: 3 });

    plant(subject.docs, { "a.md": "4" });
    expect(await runOf(app.update(), "render")).to.deep.equal({ numUnchanged: 2, numReprocesses: 1 });

    rmSync(join(subject.docs, "b"), { recursive: true });
    plant(subject.docs, { "f.md": "5" });
    expect(await runOf(app.update(), "render")).to.deep.equal({ numUnchanged: 1, numAdds: 1, numDeletes: 2 });
    expect(filesIn(subject.site)).to.deep.equal({ "a.html": "<p>4</p>", "f.html": "<p>5</p>" });
    expect(existsSync(join(subject.site, "b"))).to.equal(false);
  });

  it("sees every change of a file that is changed over and over without a change in size", async () => {
    await using subject = await createSubject();
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    for (let round = 0; round < 10; round++) {
      plant(subject.docs, { "a.md": String(round) });
      await app.update();
      expect(filesIn(subject.site)).to.deep.equal({ "a.html": `<p>${round}</p>` });
    }
  });

  it("renders again what was replaced by files of the same size and time, and nothing that was restored as it was", async () => {
    await using subject = await createSubject();
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    plant(subject.docs, { "a.md": "1", "b.md": "2", "c.md": "3", "d.md": "4" });
    for (const path of ["a.md", "b.md", "c.md", "d.md"]) utimesSync(join(subject.docs, path), 1e9, 1e9);
    await app.update();
    replaceFile(join(subject.docs, "a.md"), "5");
    plant(subject.docs, { "b.md": "6" });
    utimesSync(join(subject.docs, "b.md"), 1e9, 1e9);
    replaceFile(join(subject.docs, "c.md"), "3");
    expect(await runOf(app.update(), "render")).to.deep.equal({ numUnchanged: 2, numReprocesses: 2 });
    expect(filesIn(subject.site)).to.deep.equal({
      "a.html": "<p>5</p>",
      "b.html": "<p>6</p>",
      "c.html": "<p>3</p>",
      "d.html": "<p>4</p>",
    });
    expect(await runOf(app.update(), "render")).to.deep.equal({ numUnchanged: 4 });
  });

  it("fails, and removes nothing, when a folder cannot be listed", async function () {
    if (process.platform !== "linux") this.skip();
    await using subject = await createSubject();
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    plant(subject.docs, { "a.md": "1", "z.md": "2" });
    await app.update();
    await using _deep = await plantUnlistable(subject.docs);
    const error: unknown = await app
      .update()
      .result()
      .catch((reason: unknown) => reason);
    expect((error as TidemarkError).code).to.equal("FILE_READ_FAILED");
    expect(Object.keys(filesIn(subject.site))).to.have.lengthOf(2);
  });

  it("writes everything again when the folder was removed", async () => {
    await using subject = await createSubject();
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    plant(subject.docs, { "a.md": "1", "b/c.md": "2" });
    await app.update();
    rmSync(subject.site, { recursive: true });
    await app.update();
    expect(filesIn(subject.site)).to.deep.equal({ "a.html": "<p>1</p>", "b/c.html": "<p>2</p>" });
  });

  it("is removed by drop with the folder it made, but not with what others put there", async () => {
    await using subject = await createSubject();
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    plant(subject.docs, { "a.md": "1", "b/c.md": "2" });
    await app.update();
    await app.update();
    await app.drop();
    expect(existsSync(subject.site)).to.equal(false);
    await app.update();
    plant(subject.site, { "b/foreign": "" });
    await app.drop();
    expect(filesIn(subject.site)).to.deep.equal({ "b/foreign": "" });
  });

  it("leaves a folder that was there before, when it is removed", async () => {
    await using subject = await createSubject();
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    plant(subject.docs, { "b/c.md": "2" });
    mkdirSync(subject.site);
    await app.update();
    await app.update();
    await app.drop();
    expect(readdirSync(subject.site)).to.deep.equal([]);
  });

  it("moves to another folder when another one is mounted", async () => {
    await using subject = await createSubject();
    let dir = subject.site;
    const main = fn({ name: "main" }, () => site(subject.docs, dir));
    const app = new App({ name: "site", environment: subject.environment }, main);
    plant(subject.docs, { "a.md": "1", "b/c.md": "2" });
    await app.update();
    dir = join(dirname(subject.site), "elsewhere");
    await app.update();
    expect(Object.keys(filesIn(dir))).to.have.lengthOf(2);
    expect(existsSync(subject.site)).to.equal(false);
  });

  it("makes a file of a folder and a folder of a file, in one component", async () => {
    await using subject = await createSubject();
    let plan: Record<string, Record<string, string>> = { one: { a: "1", "b/c": "2" } };
    const app = new App({ name: "site", environment: subject.environment }, declareAll, () => plan, subject.site);
    await app.update();
    plan = { one: { "a/x": "3", b: "4" } };
    await app.update();
    expect(filesIn(subject.site)).to.deep.equal({ "a/x": "3", b: "4" });
  });

  it("makes a file of a folder and a folder of a file across components, by the next run at the latest", async () => {
    await using subject = await createSubject();
    let plan: Record<string, Record<string, string>> = { one: { a: "1" }, two: { "b/c": "2" } };
    const app = new App({ name: "site", environment: subject.environment }, declareAll, () => plan, subject.site);
    await app.update();
    plan = { three: { "a/x": "3" }, four: { b: "4" } };
    await app.update();
    await app.update();
    expect(filesIn(subject.site)).to.deep.equal({ "a/x": "3", b: "4" });
  });

  it("fails only the component that declares a path through a link that leads outside", async () => {
    await using subject = await createSubject();
    const plan = { good: { "a/b": "1" }, bad: { "docs/x": "2" } };
    const app = new App({ name: "site", environment: subject.environment }, declareAll, () => plan, subject.site);
    mkdirSync(subject.site);
    symlinkSync("../docs", join(subject.site, "docs"));
    const handle = app.update();
    await handle;
    expect(handle.failures().map(({ error }) => (error as TidemarkError).code)).to.deep.equal(["OUTSIDE_TARGET"]);
    expect(readdirSync(subject.docs)).to.deep.equal([]);
    expect(readFileSync(join(subject.site, "a/b"), "utf8")).to.equal("1");
  });

  it("fails when the folder to write to is a file", async () => {
    await using subject = await createSubject();
    plant(dirname(subject.site), { site: "a file" });
    const app = new App({ name: "site", environment: subject.environment }, site, subject.docs, subject.site);
    const error: unknown = await app
      .update()
      .result()
      .catch((reason: unknown) => reason);
    expect((error as TidemarkError).code).to.equal("FILE_WRITE_FAILED");
    expect((error as TidemarkError).message).to.include(`Cannot make folder ${subject.site}: `);
  });

  it("captures the content at the call, and refuses a value that is no content or path", async () => {
    await using subject = await createSubject();
    const main = fn({ name: "main" }, async () => {
      const out = await mountDirTarget(subject.site);
      const bytes = new Uint8Array([0x61]);
      out.declareFile("a", bytes);
      bytes.fill(0x62);
      expect(() => out.declareFile("b", 1 as unknown as string)).to.throw(
        TypeError,
        "must be a string or a Uint8Array, got number",
      );
      expect(() => out.declareFile("b", new ArrayBuffer(1) as unknown as string)).to.throw(TypeError);
      expect(() => out.declareFile("../b", "")).to.throw(TidemarkError, "must stay inside the target's folder");
      expect(() => out.declareFile("a", "")).to.throw(TidemarkError, "twice");
      const error: unknown = await mountDirTarget("").catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(TypeError);
    });
    await new App({ name: "site", environment: subject.environment }, main).update();
    expect(filesIn(subject.site)).to.deep.equal({ a: "a" });
  });
});
