import { expect } from "chai";
import { symlinkSync } from "node:fs";
import { rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { walkDir } from "../../../lib/connectors/localfs/index.ts";
import type { TidemarkError } from "../../../lib/errors.ts";
import { formatOneKeyOf, memoKey } from "../../../lib/engine/memo/memoizable.ts";
import { withMemoRoot } from "../../../lib/engine/memo/memo-root.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { collect, failureOf, pathsOf, plant, plantUnlistable } from "./test-tree.ts";

const isLinux = process.platform === "linux";

describe("walkDir", () => {
  it("gives each file with its path, size and time of modification", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a/b.md": "12345" });
    const time = new Date("2020-01-02T03:04:05.500Z");
    await utimes(join(temp.path, "a/b.md"), time, time);
    const [[path, file] = [], ...more] = await collect(walkDir(temp.path).items());
    expect(more).to.have.lengthOf(0);
    expect(path).to.equal("a/b.md");
    expect(file?.path).to.equal("a/b.md");
    expect(file?.size).to.equal(5);
    expect(file?.modifiedAt.getTime()).to.equal(time.getTime());
    expect(await file?.text()).to.equal("12345");
  });

  it("gives whole paths in the order of their code units, whatever the file system's order is", async () => {
    await using temp = await createTempFolder();
    const paths = [
      "a-b",
      "a/c",
      "a/b/d",
      "a.b",
      "B",
      "é",
      "e\u0301",
      "日本/語.md",
      "😀",
      "\uffee",
      "a b",
      "z/y/x",
      "A/b",
    ];
    plant(temp.path, Object.fromEntries(paths.map((path) => [path, ""])));
    expect(await pathsOf(temp.path)).to.deep.equal(paths.toSorted());
  });

  it("keeps the order in a folder with more names than are sorted at once", async () => {
    await using temp = await createTempFolder();
    const paths = Array.from({ length: 9000 }, (_, index) => `${(index * 7919) % 9000}.md`);
    plant(temp.path, Object.fromEntries(paths.map((path) => [path, ""])));
    expect(await pathsOf(temp.path)).to.deep.equal(paths.toSorted());
  });

  it("finds 5,000 files in many folders, anew with each call of items", async () => {
    await using temp = await createTempFolder();
    const paths = Array.from({ length: 5000 }, (_, index) => `${index % 10}/${index % 70}/${index}.md`);
    plant(temp.path, Object.fromEntries(paths.map((path) => [path, ""])));
    const walk = walkDir(temp.path);
    expect(await collect(walk.items())).to.have.lengthOf(5000);
    await writeFile(join(temp.path, "new.md"), "");
    expect(await collect(walk.items())).to.have.lengthOf(5001);
  });

  it("includes and excludes by globs, and leaves names with a leading dot out", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, {
      "a.md": "",
      "b.ts": "",
      ".c.md": "",
      "d/e.md": "",
      "node_modules/f.md": "",
      ".git/g.md": "",
    });
    expect(await pathsOf(temp.path)).to.deep.equal(["a.md", "b.ts", "d/e.md", "node_modules/f.md"]);
    expect(await pathsOf(temp.path, { include: "**/*.md", exclude: "**/node_modules/**" })).to.deep.equal([
      "a.md",
      "d/e.md",
    ]);
    expect(await pathsOf(temp.path, { include: "**/*.md", dot: true })).to.have.lengthOf(5);
  });

  it("reads nothing before it is iterated, and resolves the folder when it is called", async () => {
    await using temp = await createTempFolder();
    const walk = walkDir(relative(process.cwd(), join(temp.path, "later")));
    plant(temp.path, { "later/a.md": "" });
    expect(await collect(walk.items())).to.have.lengthOf(1);
  });

  it("identifies a file by its folder, however that was named, and by its place in the project that asks", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "docs/a.md": "" });
    symlinkSync(join(temp.path, "docs"), join(temp.path, "link"));
    const named = relative(process.cwd(), join(temp.path, "docs"));
    for (const dir of [named, `${named}/`, `./${named}`, `${named}/x/..`, join(temp.path, "link")]) {
      const [[, file] = []] = await collect(walkDir(dir).items());
      const key = (root: string): unknown => withMemoRoot(root, () => file?.[memoKey]());
      expect(file?.[memoKey]()).to.deep.equal(["tidemark/localfs/file", join(temp.path, "docs"), "a.md"]);
      expect(key(temp.path)).to.deep.equal(["tidemark/localfs/file", "docs", "a.md"]);
      expect(key(join(temp.path, "docs"))).to.deep.equal(["tidemark/localfs/file", ".", "a.md"]);
    }
  });

  it("gives the identity that 0.1 stored for a file: the folder as it was named, normalised", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "docs/a.md": "" });
    const named = relative(process.cwd(), join(temp.path, "docs"));
    const [[, file] = []] = await collect(walkDir(`./${named}/`).items());
    expect(formatOneKeyOf(file!)).to.deep.equal(["tidemark/localfs/file", named, "a.md"]);
  });

  it("does not look into an excluded folder, nor into one that cannot hold what is included", async function () {
    if (!isLinux) this.skip();
    await using temp = await createTempFolder();
    plant(temp.path, { "a.md": "", "b/c.md": "" });
    await using _deep = await plantUnlistable(temp.path);
    await failureOf(pathsOf(temp.path));
    expect(await pathsOf(temp.path, { exclude: "deep" })).to.deep.equal(["a.md", "b/c.md"]);
    expect(await pathsOf(temp.path, { exclude: "**/deep/**" })).to.deep.equal(["a.md", "b/c.md"]);
    expect(await pathsOf(temp.path, { include: ["*.md", "b/*"] })).to.deep.equal(["a.md", "b/c.md"]);
  });

  describe("with symbolic links", () => {
    it("reads links to files, and leaves out links to folders and links to nowhere", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { "out/x.md": "content", "docs/a.md": "" });
      const docs = join(temp.path, "docs");
      await symlink("../out/x.md", join(docs, "link.md"));
      await symlink("../out", join(docs, "folder"));
      await symlink("nowhere", join(docs, "dangling.md"));
      await symlink("circle", join(docs, "circle"));
      expect(await pathsOf(docs)).to.deep.equal(["a.md", "link.md"]);
      const [, [, file] = []] = await collect(walkDir(docs).items());
      expect(file?.size).to.equal(7);
      expect(await file?.text()).to.equal("content");
    });

    it("enters links to folders with `followSymlinks`, each path once, and does not go round in circles", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { "out/x.md": "", "docs/a/b.md": "" });
      const docs = join(temp.path, "docs");
      await symlink("../out", join(docs, "first"));
      await symlink("../out", join(docs, "second"));
      await symlink("..", join(docs, "a/up"));
      await symlink("../docs", join(temp.path, "out/back"));
      expect(await pathsOf(docs, { followSymlinks: true })).to.deep.equal(["a/b.md", "first/x.md", "second/x.md"]);
    });

    it("walks a folder that is a link itself", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { "docs/a.md": "" });
      await symlink("docs", join(temp.path, "link"));
      expect(await pathsOf(join(temp.path, "link"))).to.deep.equal(["a.md"]);
    });
  });

  describe("when something cannot be read", () => {
    it("throws for a folder that is missing or is none, naming it as the user does", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { file: "" });
      const missing = await failureOf(pathsOf(join(temp.path, "nothing/")));
      expect(missing.code).to.equal("FILE_READ_FAILED");
      expect(missing.message).to.equal(`Cannot walk ${join(temp.path, "nothing")}: there is no such folder`);
      const file = await failureOf(pathsOf(join(temp.path, "file")));
      expect(file.message).to.equal(`Cannot walk ${join(temp.path, "file")}: it is not a folder`);
    });

    it("throws for a folder that cannot be listed, so that nothing derived from it is removed", async function () {
      if (!isLinux) this.skip();
      await using temp = await createTempFolder();
      plant(temp.path, { "a.md": "", "z.md": "" });
      await using _deep = await plantUnlistable(temp.path);
      const error = await failureOf(pathsOf(temp.path));
      expect(error.code).to.equal("FILE_READ_FAILED");
      expect(error.message).to.match(/^Cannot list .*\/deep\/.*: name too long \(ENAMETOOLONG\)$/);
      expect((error.cause as NodeJS.ErrnoException).code).to.equal("ENAMETOOLONG");
    });

    it("goes on without the folder when `onError` returns, and hands out the error", async function () {
      if (!isLinux) this.skip();
      await using temp = await createTempFolder();
      plant(temp.path, { "a.md": "", "z.md": "" });
      await using _deep = await plantUnlistable(temp.path);
      const errors: TidemarkError[] = [];
      const onError = (error: TidemarkError): void => void errors.push(error);
      expect(await pathsOf(temp.path, { onError })).to.deep.equal(["a.md", "z.md"]);
      expect(errors.map((error) => error.code)).to.deep.equal(["FILE_READ_FAILED"]);
      expect(errors[0]?.facts["path"]).to.match(/\/deep\//);
    });

    it("throws for a name that is not valid UTF-8, unless it is not part of the walk", async function () {
      if (!isLinux) this.skip();
      await using temp = await createTempFolder();
      plant(temp.path, { "a.md": "", "good\ufffd.md": "" });
      const bad = Buffer.concat([Buffer.from(`${temp.path}/caf`), Buffer.from([0xe9]), Buffer.from(".txt")]);
      await writeFile(bad, "");
      const error = await failureOf(pathsOf(temp.path));
      expect(error.message).to.equal(`Cannot read ${temp.path}/caf\ufffd.txt: its name is not valid UTF-8`);
      expect(await pathsOf(temp.path, { include: "**/*.md" })).to.deep.equal(["a.md", "good\ufffd.md"]);
      expect(await pathsOf(temp.path, { onError: () => undefined })).to.deep.equal(["a.md", "good\ufffd.md"]);
    });

    it("skips files and folders that vanish while it walks", async () => {
      await using temp = await createTempFolder();
      plant(temp.path, { "a.md": "", "b.md": "", "c/d.md": "", "e.md": "" });
      const paths: string[] = [];
      for await (const [path] of walkDir(temp.path).items()) {
        paths.push(path);
        await rm(join(temp.path, "b.md"), { force: true });
        await rm(join(temp.path, "c"), { force: true, recursive: true });
      }
      expect(paths).to.deep.equal(["a.md", "e.md"]);
    });

    it("throws when the folder itself vanishes while it walks", async () => {
      await using temp = await createTempFolder();
      const docs = join(temp.path, "docs");
      plant(docs, { "a.md": "", "b.md": "" });
      const walk = async (): Promise<void> => {
        for await (const _ of walkDir(docs).items()) await rename(docs, join(temp.path, "away")).catch(() => undefined);
      };
      expect((await failureOf(walk())).message).to.equal(`Cannot walk ${docs}: there is no such folder`);
    });

    it("skips entries that are neither file nor folder", async function () {
      if (!isLinux) this.skip();
      await using temp = await createTempFolder();
      await symlink("/dev/null", join(temp.path, "null"));
      expect(await pathsOf(temp.path)).to.deep.equal([]);
    });
  });

  it("throws the reason of its signal", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a.md": "", "b.md": "" });
    const abort = new AbortController();
    const reason = new Error("enough");
    const seen: string[] = [];
    const walk = async (): Promise<void> => {
      for await (const [path] of walkDir(temp.path, { signal: abort.signal }).items()) {
        seen.push(path);
        abort.abort(reason);
      }
    };
    const error: unknown = await walk().catch((thrown: unknown) => thrown);
    expect(error).to.equal(reason);
    expect(seen).to.deep.equal(["a.md"]);
  });

  it("can be left in the middle", async () => {
    await using temp = await createTempFolder();
    plant(temp.path, { "a/b/c.md": "", "d.md": "" });
    const walk = walkDir(temp.path);
    for await (const [path] of walk.items()) {
      expect(path).to.equal("a/b/c.md");
      break;
    }
    expect(await collect(walk.items())).to.have.lengthOf(2);
  });

  it("lets others run while it walks", async () => {
    await using temp = await createTempFolder();
    const paths = Array.from({ length: 6000 }, (_, index) => `${index % 100}/${index}`);
    plant(temp.path, Object.fromEntries(paths.map((path) => [path, ""])));
    let turns = 0;
    const count = (): void => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    await pathsOf(temp.path);
    clearImmediate(immediate);
    expect(turns).to.be.greaterThan(1);
  });

  it("refuses a folder that is no path", () => {
    expect(() => walkDir(undefined as unknown as string)).to.throw(TypeError, "`dir` must be a path, got undefined");
    expect(() => walkDir("")).to.throw(TypeError, '`dir` must be a path, got ""');
  });
});
