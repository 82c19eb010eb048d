import { expect } from "chai";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mountDirTarget, walkDir } from "../../../lib/connectors/localfs/index.ts";
import type { DirTarget, File, WalkDirOptions } from "../../../lib/connectors/localfs/index.ts";
import { App, fn, mountEach, type TidemarkError } from "../../../lib/index.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { LiveSite } from "./live-site.ts";
import { failureOf, pathsOf, plant } from "./test-tree.ts";

const copy = fn({ memo: true }, async function copy(file: File, out: DirTarget) {
  out.declareFile(file.path, await file.text());
});

const copyAll = fn(async function copyAll(from: string, to: string, options: () => WalkDirOptions) {
  const out = await mountDirTarget(to);
  await mountEach(copy, walkDir(from, options()).items(), out);
});

describe("walkDir with ifEmpty", () => {
  it("throws SOURCE_EMPTY, naming folder and globs, when no file matches", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a.txt": "" });
    const include = ["**/*.md", "**/*.mdx"];
    const error = await failureOf(pathsOf(temp.path, { include, ifEmpty: "fail" }));
    expect(error.code).to.equal("SOURCE_EMPTY");
    expect(error.facts).to.deep.equal({ path: temp.path });
    expect(error.message).to.equal(
      `Cannot walk ${temp.path}: no file in ${temp.path} matches "**/*.md" or "**/*.mdx"; restore the files, or set \`ifEmpty\` to "allow" to have everything made of them deleted`,
    );
    const excluded = await failureOf(pathsOf(temp.path, { exclude: "*.txt", ifEmpty: "fail" }));
    expect(excluded.message).to.contain(`${temp.path} has no file without the files that \`exclude\` leaves out`);
  });

  it("finds files as ever when there are some", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a.txt": "" });
    expect(await pathsOf(temp.path, { ifEmpty: "fail" })).to.deep.equal(["a.txt"]);
    for (const ifEmpty of ["allow", undefined] as const) {
      const options = { include: "*.md", ...(ifEmpty && { ifEmpty }) };
      expect(await pathsOf(temp.path, options)).to.deep.equal([]);
    }
  });

  it("throws the reason of its signal for a walk that was aborted", async () => {
    await using temp = await createTempFolder();
    const reason = new Error("enough");
    const walk = pathsOf(temp.path, { ifEmpty: "fail", signal: AbortSignal.abort(reason) });
    expect(await walk.catch((error: unknown) => error)).to.equal(reason);
  });

  it("refuses another value", () => {
    for (const ifEmpty of ["error", true, null]) {
      const options = { ifEmpty } as unknown as WalkDirOptions;
      expect(() => walkDir("docs", options)).to.throw(TypeError, '`ifEmpty` must be "fail" or "allow", got');
    }
  });

  it("deletes nothing in a run, and everything when that is allowed", async () => {
    await using temp = await createTempFolder();
    await using test = await createTestEnvironment();
    const [docs, site] = [join(temp.path, "docs"), join(temp.path, "site")];
    plant(docs, { "a.md": "1", "b.md": "2" });
    let options: WalkDirOptions = { ifEmpty: "fail" };
    const app = new App({ name: "copy", environment: test.environment }, copyAll, docs, site, () => options);
    await app.update();
    for (const path of ["a.md", "b.md"]) rmSync(join(docs, path));
    for (let run = 0; run < 2; run++) {
      expect((await failureOf(app.update().result())).code).to.equal("SOURCE_EMPTY");
      expect(readdirSync(site)).to.deep.equal(["a.md", "b.md"]);
    }
    options = { ifEmpty: "allow" };
    const handle = app.update();
    await handle;
    expect(handle.stats()?.byComponent["copy"]?.numDeletes).to.equal(2);
  });

  it("keeps everything in a live run when the last file vanishes, and goes on when there is one again", async () => {
    await using site = await LiveSite.open((docs) => plant(docs, { "a.md": "1", "b.md": "2" }), { ifEmpty: "fail" });
    await site.caughtUp();
    for (const path of ["a.md", "b.md"]) rmSync(join(site.docs, path));
    await site.until(() => (site.latest?.failingSources.length ?? 0) > 0);
    expect(site.latest?.failingSources[0]?.message).to.contain(`Cannot walk ${site.docs}: ${site.docs} has no file`);
    expect((site.handle.failures()[0]!.error as TidemarkError).code).to.equal("SOURCE_EMPTY");
    expect(Object.keys(site.pages)).to.deep.equal(["a.md.html", "b.md.html"]);
    plant(site.docs, { "b.md": "3" });
    await site.caughtUp();
    expect(site.pages).to.deep.equal({ "b.md.html": "<p>3</p>" });
  });

  it("keeps everything in a live run that begins with an empty folder", async () => {
    await using temp = await createTempFolder();
    await using test = await createTestEnvironment();
    const [docs, site] = [join(temp.path, "docs"), join(temp.path, "site")];
    plant(docs, { "a.md": "1" });
    const app = new App({ name: "copy", environment: test.environment }, copyAll, docs, site, () => ({
      ifEmpty: "fail" as const,
      live: true,
    }));
    await app.update();
    rmSync(join(docs, "a.md"));
    const handle = app.update({ live: true });
    for await (const { failingSources } of handle.watch()) if (failingSources.length > 0) break;
    plant(docs, { "b.md": "2" });
    expect(readdirSync(site)).to.deep.equal(["a.md"]);
    for await (const { failingSources, status } of handle.watch()) {
      if (failingSources.length === 0 && status === "ready") break;
    }
    expect(readdirSync(site)).to.deep.equal(["b.md"]);
    await handle.stop();
  });
});
