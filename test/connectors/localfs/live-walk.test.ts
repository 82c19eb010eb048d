import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { walkDir } from "../../../lib/connectors/localfs/index.ts";
import { App, fn, mountEach } from "../../../lib/index.ts";
import { countsOf } from "../../counts.ts";
import { LiveWatch } from "../../engine/live/live-watch.ts";
import { requireProgram } from "../../require-program.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { LiveSite } from "./live-site.ts";
import { collect, plant, replaceFile } from "./test-tree.ts";

/** A small tree. */
const plantSome = (docs: string): void =>
  plant(docs, { "a.md": "1", "b/c.md": "2", "b/d/e.md": "3", "b/d/f.md": "4", "g.md": "5" });

describe("walkDir with live", () => {
  it("lists once in a run that is not live, and when it is iterated", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a.md": "1", "b/c.md": "2" });
    const items = await collect(walkDir(temp.path, { live: true }).items());
    expect(items.map(([path]) => path)).to.deep.equal(["a.md", "b/c.md"]);
  });

  it("is caught up after the first list, and follows a file that is made, edited, renamed and deleted", async () => {
    await using site = await LiveSite.open(plantSome);
    await site.caughtUp();
    expect(Object.keys(site.pages)).to.have.lengthOf(5);
    const at = (path: string): string => join(site.docs, path);
    for (const change of [
      () => writeFileSync(at("b/new.md"), "6"),
      () => appendFileSync(at("a.md"), "7"),
      () => renameSync(at("g.md"), at("b/h.md")),
      () => unlinkSync(at("b/d/e.md")),
    ]) {
      change();
      await site.caughtUp();
    }
    expect(countsOf(site.handle.stats()?.byComponent["render"])).to.deep.equal({
      starts: 10,
      adds: 7,
      reprocesses: 1,
      deletes: 2,
    });
  });

  it("leaves everything alone that has not changed", async () => {
    await using site = await LiveSite.open(plantSome);
    await site.caughtUp();
    plant(site.docs, { "a.md": "22" });
    await site.caughtUp();
    expect(countsOf(site.handle.stats()?.byComponent["render"])).to.deep.equal({ starts: 6, adds: 5, reprocesses: 1 });
  });

  it("makes a page again when another file of the same size and time has replaced its source", async () => {
    await using site = await LiveSite.open(plantSome);
    await site.caughtUp();
    replaceFile(join(site.docs, "a.md"), "9");
    await site.caughtUp();
    expect(site.pages["a.md.html"]).to.equal("<p>9</p>");
    expect(countsOf(site.handle.stats()?.byComponent["render"])).to.deep.equal({ starts: 6, adds: 5, reprocesses: 1 });
  });

  it("runs nothing again for another mode", async () => {
    await using site = await LiveSite.open(plantSome);
    await site.caughtUp();
    chmodSync(join(site.docs, "a.md"), 0o600);
    await site.until(() => site.handle.stats()?.byComponent["render"]?.numUnchanged === 1);
    await site.caughtUp();
    expect(countsOf(site.handle.stats()?.byComponent["render"])).to.deep.equal({ starts: 6, adds: 5, unchanged: 1 });
  });

  it("follows a folder that is moved, out of the tree, and in again", async () => {
    await using site = await LiveSite.open(plantSome);
    await site.caughtUp();
    for (const [from, to] of [
      [join(site.docs, "b"), join(site.docs, "z")],
      [join(site.docs, "z"), site.beside("away")],
      [site.beside("away"), join(site.docs, "y")],
    ] as const) {
      renameSync(from, to);
      await site.caughtUp();
    }
    appendFileSync(join(site.docs, "y/d/f.md"), "6");
    await site.caughtUp();
    expect(site.pages["y/d/f.md.html"]).to.equal("<p>46</p>");
  });

  it("puts a file in place of a folder, and a folder in place of a file", async () => {
    await using site = await LiveSite.open((docs) => plant(docs, { "x.html/a.md": "1", y: "2" }));
    await site.caughtUp();
    // On the side of the site, `x.html` is a folder that becomes a file, and `y.html` a file that becomes a folder.
    rmSync(join(site.docs, "x.html"), { recursive: true });
    rmSync(join(site.docs, "y"));
    plant(site.docs, { x: "3", "y.html/b.md": "4" });
    await site.caughtUp();
    expect(site.pages).to.deep.equal({ "x.html": "<p>3</p>", "y.html/b.md.html": "<p>4</p>" });
    expect(site.handle.failures()).to.deep.equal([]);
  });

  it("keeps up with 5,000 files that come at once, and go", async function () {
    this.timeout(120_000);
    await using site = await LiveSite.open(plantSome);
    await site.caughtUp();
    const paths = Array.from({ length: 5000 }, (_, index) => `new/${index % 50}/${index}.md`);
    plant(site.docs, Object.fromEntries(paths.map((path) => [path, path])));
    await site.caughtUp();
    expect(Object.keys(site.pages)).to.have.lengthOf(5005);
    rmSync(join(site.docs, "new"), { recursive: true });
    await site.caughtUp();
    expect(Object.keys(site.pages)).to.have.lengthOf(5);
  });

  it("follows a checkout of another branch, and back", async function () {
    requireProgram(this, "git");
    this.timeout(60_000);
    await using site = await LiveSite.open(plantSome);
    const git = (...args: readonly string[]): void => {
      const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
      execFileSync("git", [...identity, ...args], { cwd: site.docs, stdio: "ignore" });
    };
    git("init", "--initial-branch=one");
    git("add", ".");
    git("commit", "--message=one");
    git("checkout", "-b", "two");
    rmSync(join(site.docs, "b"), { recursive: true });
    plant(site.docs, { b: "now a file", "a.md": "two", "deep/er/and/deeper.md": "new" });
    plant(
      site.docs,
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`many/${index % 9}/${index}`, "1"])),
    );
    git("add", ".");
    git("commit", "--message=two");
    await site.caughtUp();
    const two = site.pages;
    git("checkout", "one");
    await site.caughtUp();
    expect(Object.keys(site.pages)).to.have.lengthOf(5);
    git("checkout", "two");
    await site.caughtUp();
    expect(site.pages).to.deep.equal(two);
    expect(site.handle.failures()).to.deep.equal([]);
  });

  it("keeps its pages while the folder is gone, reports the failure, and goes on when the folder is back", async () => {
    await using site = await LiveSite.open(plantSome);
    await site.caughtUp();
    renameSync(site.docs, site.beside("away"));
    await site.until(() => (site.latest?.failingSources.length ?? 0) > 0);
    expect(site.latest?.failingSources[0]?.message).to.equal(`Cannot walk ${site.docs}: there is no such folder`);
    expect(Object.keys(site.pages)).to.have.lengthOf(5);
    plant(site.beside("away"), { "b/c.md": "22", "new.md": "6" });
    unlinkSync(join(site.beside("away"), "a.md"));
    renameSync(site.beside("away"), site.docs);
    await site.caughtUp();
    await site.until(() => site.latest?.failingSources.length === 0);
    plant(site.docs, { "later.md": "7" });
    await site.caughtUp();
  });

  it("waits for a folder that does not exist yet", async () => {
    await using site = await LiveSite.open((docs) => rmSync(docs, { recursive: true }));
    await site.until(() => (site.latest?.failingSources.length ?? 0) > 0);
    plant(site.docs, { "a.md": "1" });
    await site.caughtUp();
    expect(site.pages).to.deep.equal({ "a.md.html": "<p>1</p>" });
  });

  it("ends before it looks again when the run is stopped, and leaves no watch behind", async () => {
    const site = await LiveSite.open(plantSome, { rescanIntervalMs: 3_600_000, pollIntervalMs: 3_600_000 });
    await site.caughtUp();
    await site.handle.stop();
    expect(countsOf(site.handle.stats()?.byComponent["render"])).to.deep.equal({ starts: 5, adds: 5 });
    await site[Symbol.asyncDispose]();
    expect(process.getActiveResourcesInfo()).to.not.include("FSEventWrap");
  });

  it("lists no more changes once its signal is aborted, and the run ends", async () => {
    const abort = new AbortController();
    await using site = await LiveSite.open(plantSome, { signal: abort.signal });
    await site.caughtUp();
    abort.abort();
    await site.handle;
    expect(Object.keys(site.pages)).to.have.lengthOf(5);
    expect(site.handle.failures()).to.deep.equal([]);
  });

  it("ends without a failure when its signal is aborted before or during the first list: it failed for ever", async () => {
    await using temp = await createTempFolder();
    plantSome(temp.path);
    await using test = await createTestEnvironment();
    for (const numListed of [0, 1]) {
      const abort = new AbortController();
      const end = (): void => abort.abort(new Error("no more"));
      if (numListed === 0) end();
      const items = walkDir(temp.path, { live: true, signal: abort.signal }).items();
      const main = (): Promise<unknown> => mountEach(fn({ name: "item" }, end), items);
      const handle = new App({ name: "ended", environment: test.environment }, main).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.until(({ failingSources, final }) => final || failingSources.length > 0);
      expect(handle.failures()).to.deep.equal([]);
      await handle;
      expect(handle.stats()?.byComponent["item"]?.numAdds ?? 0).to.equal(numListed);
    }
  });

  it("refuses intervals that cannot be waited", () => {
    for (const value of [0, -1, Number.NaN, Infinity, 2 ** 31]) {
      expect(() => walkDir("docs", { live: true, rescanIntervalMs: value })).to.throw(
        RangeError,
        `Cannot walk a folder: \`rescanIntervalMs\` must be a number of milliseconds above 0 and up to 2147483647, got ${value}`,
      );
    }
    expect(() => walkDir("docs", { live: true, pollIntervalMs: "1 h" as unknown as number })).to.throw(
      TypeError,
      "`pollIntervalMs` must be a number of milliseconds above 0 and up to 2147483647, got string",
    );
  });
});
