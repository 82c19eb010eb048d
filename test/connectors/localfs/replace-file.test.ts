import { expect } from "chai";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isTemporaryName, replaceFile, temporaryPath } from "../../../lib/connectors/localfs/replace-file.ts";
import { createTempFolder } from "../../temp-folder.ts";

describe("replaceFile", () => {
  it("rejects with the system's error and leaves nothing behind when the file cannot be replaced", async () => {
    await using temp = await createTempFolder();
    mkdirSync(join(temp.path, "a/b"), { recursive: true });
    for (const content of [new Uint8Array(1), new Uint8Array(2_000_000)]) {
      const error: unknown = await replaceFile(join(temp.path, "a"), content, 0o666).catch((reason: unknown) => reason);
      expect((error as NodeJS.ErrnoException).syscall).to.equal("rename");
      expect(readdirSync(temp.path)).to.deep.equal(["a"]);
    }
  });
});

describe("temporaryPath", () => {
  it("is beside the file, always the same, hidden, and short for a long name", () => {
    const path = temporaryPath(`/site/a/${"x".repeat(255)}`);
    expect(path).to.match(/^\/site\/a\/\.tidemark-[0-9a-f]{16}\.tmp$/);
    expect(temporaryPath(`/site/a/${"x".repeat(255)}`)).to.equal(path);
    expect(temporaryPath("/site/a/y")).to.not.equal(path);
    expect(isTemporaryName(path.slice("/site/a/".length))).to.equal(true);
    expect(isTemporaryName(".tidemark-notes.tmp")).to.equal(false);
  });
});
