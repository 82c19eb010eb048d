import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { walkDir } from "../../../../lib/connectors/localfs/index.ts";
import { createTempFolder } from "../../../temp-folder.ts";
import { failureOf, plant } from "../test-tree.ts";

describe("walkTree, while it walks", () => {
  it("throws when another folder takes the place of the root, though all of its files are found", async () => {
    await using temp = await createTempFolder();
    const docs = join(temp.path, "docs");
    plant(docs, { "a.md": "", "b.md": "" });
    for (const files of [{ "z.md": "" }, { "a.md": "", "b.md": "", "z.md": "" }]) {
      plant(join(temp.path, "other"), files);
      const walk = async (): Promise<void> => {
        for await (const [path] of walkDir(docs).items()) {
          if (path !== "a.md") continue;
          await rename(docs, join(temp.path, "away"));
          await rename(join(temp.path, "other"), docs);
        }
      };
      const error = await failureOf(walk());
      expect(error.code).to.equal("FILE_READ_FAILED");
      expect(error.message).to.contain(`Cannot walk ${docs}: another folder has taken its place`);
      await rm(docs, { recursive: true });
      await rename(join(temp.path, "away"), docs);
    }
  });

  it("throws when a file takes the place of the root", async () => {
    await using temp = await createTempFolder();
    const docs = join(temp.path, "docs");
    plant(docs, { "a.md": "" });
    const walk = async (): Promise<void> => {
      for await (const _ of walkDir(docs).items()) {
        await rename(docs, join(temp.path, "away"));
        await writeFile(docs, "");
      }
    };
    expect((await failureOf(walk())).message).to.equal(`Cannot walk ${docs}: it is not a folder`);
  });

  it("throws when a folder is unmounted", async function () {
    await using temp = await createTempFolder();
    const inner = join(temp.path, "inner");
    await mkdir(inner);
    try {
      execFileSync("mount", ["-t", "tmpfs", "none", inner], { stdio: "ignore" });
    } catch {
      // Only root may mount, and not in every container.
      this.skip();
    }
    plant(inner, { "a.md": "", "b.md": "" });
    const unmount = (): unknown => execFileSync("umount", [inner]);
    const walk = async (): Promise<void> => {
      for await (const [path] of walkDir(temp.path).items()) if (path === "inner/a.md") unmount();
    };
    const error = await failureOf(walk());
    expect(error.message).to.contain(`Cannot list ${temp.path}/inner/: it was mounted or unmounted`);
  });
});
