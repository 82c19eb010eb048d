import { expect } from "chai";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { contentOf, createRecordedFolder, RecordedFolder } from "./recorded-folder.ts";
import { failureOf, plant } from "./test-tree.ts";

describe("TargetFolder", () => {
  describe("when a file becomes a folder or a folder a file", () => {
    it("makes room in one batch, in whatever order the actions come", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ a: "1", "b/c/d": "2", "b/e": "3" });
      await subject.folder.apply({ "a/x/y": "4", a: undefined, b: "5", "b/c/d": undefined, "b/e": undefined });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/x/": "", "a/x/y": "4", b: "5" });
    });

    it("makes a folder again that a removal in the same batch has emptied", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ "a/b/c": "1" });
      await subject.folder.apply({ "a/b/c": undefined, "a/x": "2" });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/x": "2" });
    });

    it("makes room across batches where the records say that the file or folder in the way is an orphan", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ a: "1", "b/c/d": "2", "b/e": "3" });
      const leftOvers = ["a", "b/c/d", "b/e"];
      await subject.folder.apply({ "a/x/y": "4", b: "5" }, { leftOvers });
      await subject.folder.apply({ a: undefined, "b/c/d": undefined, "b/e": undefined });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/x/": "", "a/x/y": "4", b: "5" });
    });

    it("takes empty folders out of the way", async () => {
      await using subject = await createRecordedFolder();
      mkdirSync(join(subject.root, "a/b/c"), { recursive: true });
      await subject.folder.apply({ a: "1" });
      expect(contentOf(subject.root)).to.deep.equal({ a: "1" });
    });

    it("fails for a foreign file in the way, and leaves everything as it is", async () => {
      await using subject = await createRecordedFolder();
      plant(subject.root, { a: "foreign", "b/own": "own", "b/foreign": "foreign" });
      symlinkSync("nowhere", join(subject.root, "c"));
      const leftOvers = ["b/own"];
      const before = contentOf(subject.root);
      for (const [path, obstacle] of [
        ["a/x/y", "a"],
        ["b", "b/foreign"],
        ["c/x", "c"],
      ] as const) {
        const error = await failureOf(subject.folder.apply({ [path]: "1" }, { leftOvers }));
        expect(error.code).to.equal("FILE_WRITE_FAILED");
        expect(error.message).to.equal(
          `Cannot write ${subject.root}/${path}: the file ${subject.root}/${obstacle} is in the way; remove or rename it`,
        );
        expect(contentOf(subject.root)).to.deep.equal(before);
      }
    });
  });

  describe("with links among its folders", () => {
    it("refuses to write through one that leads outside, and makes no folder there", async () => {
      await using subject = await createRecordedFolder();
      mkdirSync(join(subject.outside, "elsewhere"));
      symlinkSync("../elsewhere", join(subject.root, "a"));
      symlinkSync("..", join(subject.root, "b"));
      for (const path of ["a/x", "a/x/y/z", "b/elsewhere/x", "b/site/x"]) {
        const error = await failureOf(subject.folder.apply({ [path]: "1" }));
        expect(error.code).to.equal("OUTSIDE_TARGET");
        expect(error.message).to.include("leads out of the target's folder");
      }
      expect(readdirSync(join(subject.outside, "elsewhere"))).to.deep.equal([]);
    });

    it("removes nothing through one that leads outside", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ "a/b/c": "1", "a/d": "2" });
      rmSync(join(subject.root, "a"), { recursive: true });
      plant(subject.outside, { "elsewhere/d": "foreign", "elsewhere/b/x": "" });
      rmSync(join(subject.outside, "elsewhere/b/x"));
      symlinkSync("../elsewhere", join(subject.root, "a"));
      await subject.folder.apply({ "a/b/c": undefined, "a/d": undefined });
      expect(contentOf(join(subject.outside, "elsewhere"))).to.deep.equal({ "b/": "", d: "foreign" });
    });

    it("writes through one that leads to a folder inside", async () => {
      await using subject = await createRecordedFolder();
      mkdirSync(join(subject.root, "a"));
      symlinkSync("a", join(subject.root, "b"));
      await subject.folder.apply({ "b/x/y": "1" });
      expect(readFileSync(join(subject.root, "a/x/y"), "utf8")).to.equal("1");
      await subject.folder.apply({ "b/x/y": undefined });
      expect(readdirSync(join(subject.root, "a"))).to.deep.equal([]);
    });

    it("works below a root that is a link itself", async () => {
      await using subject = await createRecordedFolder();
      symlinkSync("site", join(subject.outside, "link"));
      await new RecordedFolder(join(subject.outside, "link")).apply({ "a/b": "1" });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/b": "1" });
    });
  });
});
