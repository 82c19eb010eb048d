import { expect } from "chai";
import { linkSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileKeys } from "../../../lib/connectors/localfs/file-keys.ts";
import { mountDirTarget } from "../../../lib/connectors/localfs/index.ts";
import { OtherNames } from "../../../lib/connectors/localfs/other-names.ts";
import { fn, mount, type TidemarkError } from "../../../lib/index.ts";
import { updateAlone } from "../../engine/targets/process-apps.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { contentOf } from "./recorded-folder.ts";

describe("FileKeys", () => {
  it("resolves the links among the folders of a target, and keeps those that lead outside or nowhere", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "root");
    mkdirSync(join(root, "real/deep"), { recursive: true });
    mkdirSync(join(temp.path, "elsewhere"));
    writeFileSync(join(root, "file"), "");
    for (const [target, name] of [
      ["real", "link"],
      ["../real/deep", "real/back"],
      ["link/deep", "twice"],
      [".", "self"],
      ["../elsewhere", "out"],
      ["nowhere", "dangling"],
      ["file", "to file"],
      ["loop", "loop"],
    ] as const) {
      symlinkSync(target, join(root, name));
    }
    const keys = new FileKeys(root);
    for (const [path, key] of [
      ["a", "a"],
      ["real/a", "real/a"],
      ["link/a", "real/a"],
      ["link/deep/a", "real/deep/a"],
      ["link/back/a", "real/deep/a"],
      ["twice/x/a", "real/deep/x/a"],
      ["self/a", "a"],
      ["new/folder/a", "new/folder/a"],
      ["out/a", "out/a"],
      ["dangling/a", "dangling/a"],
      ["to file/a", "to file/a"],
      ["loop/a", "loop/a"],
      ["link", "link"],
    ] as const) {
      expect(keys.of(path), path).to.equal(key);
      expect(keys.of(path), `${path} once more`).to.equal(key);
    }
  });
});

describe("OtherNames", () => {
  /** Names of one file each, as a file system that takes no notice of case and composition gives them. */
  const insensitive = (path: string): string => path.normalize("NFC").toLowerCase();
  const owned = (...keys: string[]) => ({ has: (key: unknown) => keys.includes(key as string), keys: () => keys });

  it("finds the owner of a file under a name in another case or composition", () => {
    const names = new OtherNames("/nowhere", owned("docs/a.html", "\u00e9.html", "other"), insensitive);
    for (const path of ["docs/A.html", "Docs/a.HTML", "e\u0301.html", "\u00c9.html"]) {
      expect(names.hasOwner(path), path).to.equal(true);
    }
    for (const path of ["docs/a.html", "docs/b.html", "\u00e9.html", "OTHERS"]) {
      expect(names.hasOwner(path), path).to.equal(false);
    }
  });

  it("finds none where the file system tells the names apart, or the other file is another one", () => {
    const sensitive = (path: string): string => path;
    expect(new OtherNames("/nowhere", owned("a.html"), sensitive).hasOwner("A.html")).to.equal(false);
    const missing = (): undefined => undefined;
    expect(new OtherNames("/nowhere", owned("a.html"), missing).hasOwner("A.html")).to.equal(false);
  });

  it("does not list what is owned where the file system tells names apart", () => {
    const listed = { has: () => false, keys: (): never => expect.fail("listed") };
    expect(new OtherNames("/nowhere", listed, (path) => path).hasOwner("A.html")).to.equal(false);
  });
});

describe("A file with two names in a folder", () => {
  const write = (root: string, name: string, path: string) => async (): Promise<void> => {
    const out = await mountDirTarget(root);
    await mount(fn({ name }, () => out.declareFile(path, "1")));
  };

  it("is one state when it is declared through a link and without: it moves between the names, and conflicts under both", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "root");
    mkdirSync(join(root, "real"), { recursive: true });
    symlinkSync("real", join(root, "link"));
    const db = join(temp.path, "db");
    for (const [name, path] of [
      ["one", "link/a"],
      ["other", "real/a"],
      ["one", "link/a"],
      ["one", "real/a"],
    ] as const) {
      expect((await updateAlone(db, "app", write(root, name, path))).caught).to.deep.equal([]);
      expect(readFileSync(join(root, "real/a"), "utf8")).to.equal("1");
    }
    const { caught } = await updateAlone(db, "app", async () => {
      const out = await mountDirTarget(root);
      await mount(
        fn({ name: "twice" }, () => {
          out.declareFile("real/b", "1");
          out.declareFile("link/b", "1");
        }),
      );
    });
    expect((caught[0]!.error as TidemarkError).code).to.equal("TARGET_CONFLICT");
  });

  it("is not removed under its old name after a folder was replaced by a link", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "root");
    const db = join(temp.path, "db");
    await updateAlone(db, "app", write(root, "one", "folder/a"));
    renameSync(join(root, "folder"), join(root, "real"));
    symlinkSync("real", join(root, "folder"));
    expect((await updateAlone(db, "app", write(root, "other", "folder/a"))).caught).to.deep.equal([]);
    expect(readFileSync(join(root, "real/a"), "utf8")).to.equal("1");
  });

  it("refuses a link that leads outside", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "root");
    mkdirSync(root);
    symlinkSync("..", join(root, "up"));
    const { caught } = await updateAlone(join(temp.path, "db"), "app", write(root, "one", "up/a"));
    expect((caught[0]!.error as TidemarkError).code).to.equal("OUTSIDE_TARGET");
  });

  it("is not removed under the name in another case while it is owned under the new one", async () => {
    await using temp = await createTempFolder();
    const root = join(temp.path, "root");
    const db = join(temp.path, "db");
    await updateAlone(db, "app", write(root, "one", "A.html"));
    // One inode under both names, as on a file system that takes no notice of case.
    const body = async (): Promise<void> => {
      const out = await mountDirTarget(root);
      await (await mount(fn({ name: "other" }, () => out.declareFile("a.html", "1")))).ready();
      renameSync(join(root, "a.html"), join(root, "A.html"));
      linkSync(join(root, "A.html"), join(root, "a.html"));
    };
    expect((await updateAlone(db, "app", body)).caught).to.deep.equal([]);
    expect(contentOf(root)).to.deep.equal({ "A.html": "1", "a.html": "1" });
  });
});
