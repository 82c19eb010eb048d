import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "../../../lib/connectors/localfs/content-hash.ts";
import { directoryHandler } from "../../../lib/connectors/localfs/directory-handler.ts";
import { inspectFiles } from "../../../lib/connectors/localfs/inspect-files.ts";
import { createTempFolder } from "../../temp-folder.ts";

const hashOf = (text: string): string => contentHash(Buffer.from(text));
const signal = new AbortController().signal;

async function createSite() {
  const temp = await createTempFolder();
  const root = join(temp.path, "site");
  mkdirSync(join(root, "sub"), { recursive: true });
  writeFileSync(join(root, "a.txt"), "a");
  writeFileSync(join(root, "sub/b.txt"), "b");
  const inspect = async (recorded: Record<string, readonly string[]>, depth: "content" | "size" = "content") => {
    const states = Object.entries(recorded).map(([key, texts]) => ({ key, recorded: texts.map(hashOf), root: "/" }));
    const results = await inspectFiles(root, states, { depth, signal });
    return Object.fromEntries(states.map(({ key }, at) => [key, results[at]]));
  };
  return { root, outside: temp.path, inspect, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

describe("inspectFiles", () => {
  it("tells unchanged, missing and edited files apart by content", async () => {
    await using site = await createSite();
    const results = await site.inspect({
      "a.txt": ["other", "a"],
      "sub/b.txt": ["x"],
      "c.txt": ["c"],
      "no/d.txt": ["d"],
    });
    expect(results).to.deep.equal({
      "a.txt": "unchanged",
      "sub/b.txt": "edited",
      "c.txt": "missing",
      "no/d.txt": "missing",
    });
    expect(readdirSync(site.root, { recursive: true })).to.have.members(["a.txt", "sub", "sub/b.txt"]);
  });

  it("compares a large file in pieces", async () => {
    await using site = await createSite();
    const large = "x".repeat(1_000_000);
    writeFileSync(join(site.root, "a.txt"), large);
    writeFileSync(join(site.root, "sub/b.txt"), `${large}y`);
    const results = await site.inspect({ "a.txt": [large], "sub/b.txt": [large] });
    expect(results).to.deep.equal({ "a.txt": "unchanged", "sub/b.txt": "edited" });
  });

  it("reads no content at the depth of sizes", async () => {
    await using site = await createSite();
    const results = await site.inspect({ "sub/b.txt": ["x"], "c.txt": ["c"] }, "size");
    expect(results).to.deep.equal({ "sub/b.txt": "unchanged", "c.txt": "missing" });
  });

  it("takes a folder or a link in the place of a file for an edit, and follows none", async () => {
    await using site = await createSite();
    renameSync(join(site.root, "a.txt"), join(site.outside, "elsewhere.txt"));
    symlinkSync(join(site.outside, "elsewhere.txt"), join(site.root, "a.txt"));
    renameSync(join(site.root, "sub"), join(site.outside, "sub"));
    symlinkSync(join(site.outside, "sub"), join(site.root, "sub"));
    mkdirSync(join(site.root, "c.txt"));
    const results = await site.inspect({ "a.txt": ["a"], "sub/b.txt": ["b"], "c.txt": ["c"] });
    expect(results).to.deep.equal({ "a.txt": "edited", "sub/b.txt": "missing", "c.txt": "edited" });
  });

  it("does not wait for a pipe that has taken the place of a file", async function () {
    if (process.platform === "win32") this.skip();
    await using site = await createSite();
    rmSync(join(site.root, "a.txt"));
    execFileSync("mkfifo", [join(site.root, "a.txt")]);
    expect(await site.inspect({ "a.txt": ["a"] })).to.deep.equal({ "a.txt": "edited" });
  });

  it("ends when its signal is aborted", async () => {
    await using site = await createSite();
    const states = [{ key: "a.txt", recorded: [hashOf("a")], root: "/" }];
    const ended = AbortSignal.abort(new Error("enough"));
    const failure = await inspectFiles(site.root, states, { depth: "content", signal: ended }).catch(
      (error: unknown) => error,
    );
    expect(String(failure)).to.equal("Error: enough");
  });
});

describe("directoryHandler.inspect", () => {
  it("tells whether a folder is there", async () => {
    await using site = await createSite();
    const states = ["site", "site/sub", "site/none", "site/a.txt"].map((key) => ({
      key,
      recorded: [{ isOurs: true }],
      root: site.outside,
    }));
    const results = await directoryHandler.inspect?.(states, { depth: "content", signal });
    expect(results).to.deep.equal(["unchanged", "unchanged", "missing", "edited"]);
  });
});
