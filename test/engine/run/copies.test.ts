import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { useCliFolder } from "../../cli/cli-folder.ts";
import { ROOT } from "../../examples/run-program.ts";

describe("OUTSIDE_COMPONENT", () => {
  const folder = useCliFolder({
    "parts/write.ts": `
      import { mount, statsGroup } from "tidemark";
      import { mountDirTarget } from "tidemark/localfs";
      export const acts = {
        mount: () => mount(function inner(): void {}),
        group: async () => statsGroup("title", () => {}),
        target: () => mountDirTarget("out"),
      };`,
    "app.ts": `
      import { App, fn } from "tidemark";
      import { acts } from "./parts/write.ts";
      const main = fn(async function main(): Promise<void> {
        for (const act of Object.values(acts)) {
          await act().then(() => console.log("no error"), (error) => console.log(error.code, error.message));
        }
      });
      export const app = new App("app", main);`,
    "outside.ts": `
      import { App, fn } from "tidemark";
      import { acts } from "./parts/write.ts";
      await new App("app", fn(function main(): void {})).update();
      await acts.mount().catch((error) => console.log(error.code, error.message));`,
  });

  /** Gives the modules in parts a copy of the package of their own. */
  async function installSecondCopy(): Promise<string> {
    const copy = join(folder.path, "parts/node_modules/tidemark");
    await mkdir(copy, { recursive: true });
    await cp(join(ROOT, "dist"), join(copy, "dist"), { recursive: true });
    await cp(join(ROOT, "package.json"), join(copy, "package.json"));
    await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
    return copy;
  }

  it("names both copies where a component of one calls the other", async () => {
    const copy = await installSecondCopy();
    const { code, stdout } = await folder.run("update", "app.ts", "-q");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).to.have.length(3);
    for (const line of lines) {
      expect(line).to.match(/^OUTSIDE_COMPONENT Cannot (?:mount|open) .*another copy of tidemark/);
      expect(line).to.include(`(${ROOT}) than this call (${copy})`).and.include("npm ls tidemark");
    }
    expect(code).to.equal(0);
  });

  it("says nothing of a second copy where the call is outside any component", async () => {
    await installSecondCopy();
    await folder.write(
      "run.ts",
      'import "./outside.ts"; import { App, fn } from "tidemark"; export const app = new App("run", fn(function main() {}));',
    );
    const { stdout } = await folder.run("update", "run.ts", "-q");
    expect(stdout).to.equal(
      "OUTSIDE_COMPONENT Cannot mount a component outside a component: call it from a function that an app runs or mounts\n",
    );
  });

  it("is no error where all modules share one copy", async () => {
    const { stdout } = await folder.run("update", "app.ts", "-q");
    expect(stdout).to.equal("no error\nno error\nno error\n");
  });
});
