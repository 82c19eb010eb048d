import { expect } from "chai";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { applyContext } from "../../apply-context.ts";
import { fileHandler } from "../../../lib/connectors/localfs/file-handler.ts";
import { temporaryPath } from "../../../lib/connectors/localfs/replace-file.ts";
import { contentOf, createRecordedFolder } from "./recorded-folder.ts";
import { failureOf, plant } from "./test-tree.ts";

describe("fileHandler", () => {
  describe("writing", () => {
    it("makes files, and the folders on the way", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({
        "a.html": "a",
        "b/c/日本 é.html": "ü",
        empty: "",
        bytes: new Uint8Array([0x61, 0]),
      });
      expect(contentOf(subject.root)).to.deep.equal({
        "a.html": "a",
        "b/": "",
        "b/c/": "",
        "b/c/日本 é.html": "ü",
        empty: "",
        bytes: "a\0",
      });
    });

    it("remembers a hash and a size, and does nothing when the content is the same", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ a: "1" });
      expect(subject.folder.records.get("a")).to.deep.equal(["a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s:1"]);
      rmSync(join(subject.root, "a"));
      await subject.folder.apply({ a: "1" });
      expect(contentOf(subject.root)).to.deep.equal({});
      await subject.folder.apply({ a: "2" });
      expect(contentOf(subject.root)).to.deep.equal({ a: "2" });
    });

    it("writes 1,000 files and a large one in a batch", async () => {
      await using subject = await createRecordedFolder();
      const large = new Uint8Array(3_000_000).fill(7);
      const files = Object.fromEntries(
        Array.from({ length: 1000 }, (_, index) => [`${index % 7}/${index}`, `${index}`]),
      );
      await subject.folder.apply({ ...files, large });
      const content = contentOf(subject.root);
      for (const [path, text] of Object.entries(files)) expect(content[path]).to.equal(text);
      expect(statSync(join(subject.root, "large")).size).to.equal(3_000_000);
      expect(Object.keys(content)).to.have.lengthOf(1008);
    });

    it("replaces a foreign file or link at exactly the declared path, and not what the link leads to", async () => {
      await using subject = await createRecordedFolder();
      plant(subject.outside, { "site/a": "foreign", other: "other" });
      symlinkSync("../other", join(subject.root, "b"));
      await subject.folder.apply({ a: "1", b: "2" });
      expect(contentOf(subject.root)).to.deep.equal({ a: "1", b: "2" });
      expect(lstatSync(join(subject.root, "b")).isSymbolicLink()).to.equal(false);
      expect(readFileSync(join(subject.outside, "other"), "utf8")).to.equal("other");
    });

    for (const [room, paths] of [
      ["a folder", { before: { a: "1" }, after: { "a/b": "2" } }],
      ["a file", { before: { "a/b": "1" }, after: { a: "2" } }],
    ] as const) {
      it(`removes nothing to make room for ${room} before that is on record`, async () => {
        await using subject = await createRecordedFolder();
        await subject.folder.apply(paths.before);
        const released = Promise.withResolvers<void>();
        const asked = Promise.withResolvers<void>();
        const whenReleased = (): Promise<void> => {
          asked.resolve();
          return released.promise;
        };
        const handler = fileHandler(subject.root, () => true, { whenReleased });
        const [[key, text]] = Object.entries(paths.after) as [[string, string]];
        const applied = handler.apply([{ key, content: Buffer.from(text) }], applyContext);
        await asked.promise;
        expect(contentOf(subject.root)).to.include(paths.before);
        released.resolve();
        await applied;
        expect(contentOf(subject.root)).to.include(paths.after);
      });
    }

    it("keeps the permissions of the file it replaces", async function () {
      if (process.platform === "win32") this.skip();
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ a: "1" });
      chmodSync(join(subject.root, "a"), 0o700);
      await subject.folder.apply({ a: "2" });
      expect(statSync(join(subject.root, "a")).mode & 0o777).to.equal(0o700);
    });

    it("makes the root again when it is gone", async () => {
      await using subject = await createRecordedFolder();
      rmSync(subject.root, { recursive: true });
      await subject.folder.apply({ "a/b": "1" });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/b": "1" });
    });

    it("keeps the last of several actions on one file", async () => {
      await using subject = await createRecordedFolder();
      const handler = fileHandler(subject.root);
      const content = new Uint8Array([0x61]);
      await handler.apply(
        [
          { key: "a", content },
          { key: "b", content: undefined, hashes: undefined },
          { key: "a", content: undefined, hashes: undefined },
          { key: "b", content },
        ],
        applyContext,
      );
      expect(contentOf(subject.root)).to.deep.equal({ b: "a" });
    });

    it("fails with the path and the system's error, and leaves nothing behind", async () => {
      await using subject = await createRecordedFolder();
      const error = await failureOf(subject.folder.apply({ ["x".repeat(300)]: "1" }));
      expect(error.code).to.equal("FILE_WRITE_FAILED");
      expect(error.message).to.match(
        /^Cannot write .*\/site\/x+: name too long \(ENAMETOOLONG\); choose a shorter path$/,
      );
      expect((error.cause as NodeJS.ErrnoException).code).to.equal("ENAMETOOLONG");
      expect(contentOf(subject.root)).to.deep.equal({});
    });

    it("writes names as long as the system takes", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ ["x".repeat(255)]: "1" });
      expect(Object.keys(contentOf(subject.root))).to.have.lengthOf(1);
    });
  });

  describe("removing", () => {
    it("removes files, and the folders that become empty, but not the root", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ "a/b/c": "1", "a/b/d": "2", "a/e": "3", "f/g": "4" });
      await subject.folder.apply({ "a/b/c": undefined, "a/b/d": undefined, "f/g": undefined });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/e": "3" });
      await subject.folder.apply({ "a/e": undefined });
      expect(contentOf(subject.root)).to.deep.equal({});
      expect(existsSync(subject.root)).to.equal(true);
    });

    it("leaves files of others, and their folders", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ "a/b": "1" });
      plant(subject.root, { "a/foreign": "" });
      mkdirSync(join(subject.root, "empty"));
      await subject.folder.apply({ "a/b": undefined, foreign: undefined });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/foreign": "", "empty/": "" });
    });

    it("does nothing for a file that is gone, also with its folder or the root", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ "a/b": "1", c: "2", "d/e/f": "3", "g/h": "4" });
      for (const path of ["a", "c", "d/e/f", "g"]) rmSync(join(subject.root, path), { recursive: true });
      plant(subject.root, { g: "foreign" });
      await subject.folder.apply({ "a/b": undefined, c: undefined, "d/e/f": undefined, "g/h": undefined });
      expect(contentOf(subject.root)).to.deep.equal({ g: "foreign" });
      await subject.folder.apply({ "a/b": "1" });
      rmSync(subject.root, { recursive: true });
      await subject.folder.apply({ "a/b": undefined });
      expect(existsSync(subject.root)).to.equal(false);
    });

    it("leaves a folder that stands where the file was", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ a: "1" });
      rmSync(join(subject.root, "a"));
      plant(subject.root, { "a/foreign": "" });
      await subject.folder.apply({ a: undefined });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/foreign": "" });
    });
  });

  describe("after a crash", () => {
    it("writes again, over the leftovers of a broken write", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ "a/b": "1" }, { crash: "before" });
      mkdirSync(join(subject.root, "a"));
      writeFileSync(temporaryPath(join(subject.root, "a/b")), "half of it");
      await subject.folder.apply({ "a/b": "1" });
      expect(contentOf(subject.root)).to.deep.equal({ "a/": "", "a/b": "1" });
    });

    it("does not write through a link in the place of the broken write", async () => {
      await using subject = await createRecordedFolder();
      plant(subject.outside, { other: "other" });
      symlinkSync("../other", temporaryPath(join(subject.root, "a")));
      await subject.folder.apply({ a: "1" });
      expect(contentOf(subject.root)).to.deep.equal({ a: "1" });
      expect(readFileSync(join(subject.outside, "other"), "utf8")).to.equal("other");
    });

    it("removes the written files, and the leftovers of a broken write", async () => {
      await using subject = await createRecordedFolder();
      await subject.folder.apply({ "a/b": "1" });
      await subject.folder.apply({ "a/b": "2", "a/c": "3" }, { crash: "after" });
      writeFileSync(temporaryPath(join(subject.root, "a/b")), "half of it");
      await subject.folder.apply({ "a/b": undefined, "a/c": undefined });
      expect(contentOf(subject.root)).to.deep.equal({});
    });

    it("leaves a foreign file that it had not come to replace", async () => {
      await using subject = await createRecordedFolder();
      plant(subject.root, { a: "foreign" });
      await subject.folder.apply({ a: "1" }, { crash: "before" });
      await subject.folder.apply({ a: undefined });
      expect(contentOf(subject.root)).to.deep.equal({ a: "foreign" });
    });
  });
});
