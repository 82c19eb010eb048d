import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { createCliFolder, inheritedEnv } from "../cli-folder.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

describe("tidemark, of another copy than the app's", () => {
  it("runs nothing, and names the command of the app's copy, which does (a bug once)", async () => {
    await using folder = await createCliFolder();
    const copy = join(folder.path, "node_modules/tidemark");
    await rm(copy);
    await mkdir(copy);
    for (const part of ["dist", "package.json"]) await cp(join(ROOT, part), join(copy, part), { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
    await folder.write(
      "app.ts",
      `import { App, fn, mount } from "tidemark";
      const fail = fn(function fail(): never { throw new RangeError("too small"); });
      export const app = new App("failing", fn(async function main(): Promise<void> { await mount(fail); }));`,
    );
    const { code, stdout, stderr } = await folder.run("update", "app.ts");
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.match(/^error: Cannot run app\.ts: its app is made by another copy of tidemark/);
    const [, file = "none"] = /Use the app's own: node (\S+),/.exec(stderr) ?? [];
    const child = spawn(process.execPath, [file, "update", "app.ts"], { cwd: folder.path, env: inheritedEnv() });
    const [errors, output, [ownCode]] = await Promise.all([
      text(child.stderr),
      text(child.stdout),
      once(child, "close"),
    ]);
    expect(errors).to.include("1 failure:");
    expect(output).to.include("1 error");
    expect(ownCode).to.equal(3);
  });
});
