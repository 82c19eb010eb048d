import { mkdir, readdir, readFile, realpath, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { toPackageName } from "../../../lib/cli/commands/starter-project.ts";
import { runCommand } from "../../run-command.ts";
import { CLI_FILE, useCliFolder } from "../cli-folder.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const PATHS = [".gitignore", "app.ts", "notes/hello.txt", "notes/more/tides.txt", "package.json"];

describe("tidemark init", () => {
  const folder = useCliFolder();

  const read = (...path: readonly string[]): Promise<string> => readFile(join(folder.path, ...path), "utf8");

  async function listFiles(path: string): Promise<string[]> {
    const entries = await readdir(join(folder.path, path), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((file) => join(file.parentPath, file.name).slice(join(folder.path, path).length + 1)).toSorted();
  }

  it("writes a project that runs, and says what to do next", async () => {
    const { code, stderr, stdout } = await folder.run("init", "My Pipeline!");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(await listFiles("My Pipeline!")).to.deep.equal(PATHS);
    for (const part of [...PATHS, "cd My Pipeline!", "npm install", "npx tidemark update app.ts"]) {
      expect(stdout).to.include(`  ${part}\n`);
    }
    const manifest = JSON.parse(await read("My Pipeline!", "package.json")) as object;
    expect(manifest).to.deep.include({ name: "my-pipeline", type: "module" });
    const project = join(folder.path, "My Pipeline!");
    const { tidemark } = (manifest as { dependencies: Record<string, string> }).dependencies;
    expect(resolve(await realpath(project), tidemark!.replace(/^file:/, ""))).to.equal(ROOT);
    await mkdir(join(project, "node_modules"));
    await symlink(ROOT, join(project, "node_modules/tidemark"), "junction");
    const update = (): Promise<{ output: string; code: number | null }> =>
      runCommand(process.execPath, [CLI_FILE, "update", "app.ts"], project);
    const first = await update();
    expect(first.code, first.output).to.equal(0);
    expect(first.output).to.include("✓ shout: 2 total | 2 added");
    expect(await read("My Pipeline!", "loud/hello.txt")).to.equal(
      (await read("My Pipeline!", "notes/hello.txt")).toUpperCase(),
    );
    expect((await update()).output).to.include("✓ shout: 2 total | 2 unchanged");
  });

  it("writes to the current folder without a name, with the app that the README begins with", async () => {
    await rm(join(folder.path, "package.json"));
    const { code, stdout } = await folder.run("init");
    expect(code).to.equal(0);
    expect(stdout).to.not.include("cd ");
    const [, example] = /```ts\n(.*?)```/s.exec(await readFile(join(ROOT, "README.md"), "utf8"))!;
    expect(await read("app.ts")).to.equal(example);
    expect((await folder.run("update", "app.ts")).code).to.equal(0);
  });

  it("names a file that exists, and then writes nothing at all", async () => {
    await folder.write("there/notes/hello.txt", "mine");
    const { code, stdout, stderr } = await folder.run("init", "there");
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.equal("error: Cannot write a project to there: these are there already\n  notes/hello.txt\n");
    expect(await listFiles("there")).to.deep.equal(["notes/hello.txt"]);
    expect((await folder.run("init")).stderr).to.include("  package.json\n");
  });

  it("refuses a name that cannot be a folder", async () => {
    for (const name of ["", "package.json"]) {
      const { code, stderr } = await folder.run("init", name);
      expect(code).to.equal(2);
      expect(stderr).to.match(/^error: Cannot write a project/);
    }
  });

  it("makes a name that npm accepts of any folder's", () => {
    const names = ["Notes", "my pipeline", "_private", "東京", "@scope/x", "a".repeat(300)];
    expect(names.map(toPackageName)).to.deep.equal([
      "notes",
      "my-pipeline",
      "private",
      "pipeline",
      "scope-x",
      "a".repeat(200),
    ]);
  });
});
