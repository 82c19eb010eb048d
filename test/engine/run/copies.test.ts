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

  const OTHERS: Readonly<Record<string, readonly [act: string, message: RegExp]>> = {
    "mounts a function of the other copy": [
      "mount(parse)",
      /^Cannot mount a component: component function `parse` is made by/,
    ],
    "uses a function of the other copy": [
      "useMount(parse)",
      /^Cannot mount a component: component function `parse` is made by/,
    ],
    "mounts one of the other copy for each item": [
      "mountEach(parse, [[1, 1]])",
      /^Cannot mount a component: component function `parse` is made by/,
    ],
    "calls a function of the other copy": [
      "parse()",
      /^Cannot call component function `parse`: the running component belongs to/,
    ],
    "declares a state in a target of the other copy": [
      'declareTargetState(target, "a", 1)',
      /^Cannot declare a target state: target .* is made by/,
    ],
  };
  for (const [name, [act, message]] of Object.entries(OTHERS)) {
    it(`names both copies where a component ${name}`, async () => {
      const copy = await installSecondCopy();
      await folder.write(
        "parts/parse.ts",
        `import { defineTarget, fn } from "tidemark";
        export const parse = fn({ memo: true }, function parse(): void {});
        export const target = defineTarget("copies/x", {
          reconcile: () => ({ action: 1, tracking: 1 }), async apply(): Promise<void> {},
        });`,
      );
      await folder.write(
        "other.ts",
        `import { App, declareTargetState, fn, mount, mountEach, useMount } from "tidemark";
        import { parse, target } from "./parts/parse.ts";
        declareTargetState; mount; mountEach; useMount; target; parse;
        const main = fn(async function main(): Promise<void> {
          try { await ${act}; } catch (error) { console.log(error.message); }
        });
        export const app = new App("app", main);`,
      );
      const { stdout } = await folder.run("update", "other.ts", "-q");
      expect(stdout).to.match(message);
      expect(stdout).to.include("another copy of tidemark").and.include("npm ls tidemark");
      expect(stdout).to.include(`(${ROOT})`).and.include(`(${copy})`);
    });
  }

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
