import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { describeMissingDependency } from "../../../lib/cli/console/missing-dependency.ts";
import { ROOT } from "../../examples/run-program.ts";
import { useCliFolder } from "../cli-folder.ts";

describe("a project without a package that this one needs", () => {
  const folder = useCliFolder();

  /** Installs a copy of this package, and all that it needs but for `missing`; gives the path of its command. */
  async function installWithout(missing: string): Promise<string> {
    const modules = join(folder.path, "project/node_modules");
    const names = (await readdir(join(ROOT, "node_modules"))).filter(
      (name) => /^[a-z@]/.test(name) && name !== "tidemark",
    );
    const scoped = names.filter((name) => name.startsWith("@"));
    const inScopes = await Promise.all(
      scoped.map(async (scope) => (await readdir(join(ROOT, "node_modules", scope))).map((name) => `${scope}/${name}`)),
    );
    for (const name of [...names.filter((each) => !each.startsWith("@")), ...inScopes.flat()]) {
      if (name === missing) continue;
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(ROOT, "node_modules", name), join(modules, name), "junction");
    }
    await mkdir(join(modules, "tidemark"), { recursive: true });
    for (const part of ["dist", "package.json"]) {
      await cp(join(ROOT, part), join(modules, "tidemark", part), { recursive: true });
    }
    return join(modules, "tidemark/dist/cli/main.js");
  }

  async function run(command: string): Promise<{ readonly code: unknown; readonly stderr: string }> {
    const child = spawn(process.execPath, [command, "update", "app.ts"], { cwd: join(folder.path, "project") });
    const [stderr, , [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, "close")]);
    return { code, stderr };
  }

  beforeEach(async () => {
    await folder.write("project/package.json", '{ "type": "module" }');
    await folder.write(
      "project/app.ts",
      'import { App, fn } from "tidemark"; export const app = new App("app", fn(function main(): void {}));',
    );
  });

  it("is told of a missing peer, and to install it", async () => {
    const { code, stderr } = await run(await installWithout("@opentelemetry/api"));
    expect(stderr).to.match(
      /^error: (?:Cannot load app\.ts: )?tidemark needs the package "@opentelemetry\/api", which is not installed: it is a peer dependency/,
    );
    expect(stderr).to.include("Try: npm install @opentelemetry/api");
    expect(code).to.equal(2);
  });

  for (const name of ["lmdb", "commander", "msgpackr", "@opentelemetry/sdk-metrics"]) {
    it(`is told of a dependency that is missing from an installation: ${name}`, async () => {
      const { code, stderr } = await run(await installWithout(name));
      expect(stderr).to.include(
        `tidemark needs the package "${name}", which is not installed: its installation is incomplete`,
      );
      expect(code).to.equal(2);
    });
  }
});

describe("describeMissingDependency", () => {
  it("leaves errors about other packages alone", () => {
    const foreign = new Error("Cannot find package 'left-pad' imported from /srv/app/app.ts");
    expect(describeMissingDependency(foreign)).to.equal(undefined);
    expect(describeMissingDependency(new Error("other"))).to.equal(undefined);
    expect(describeMissingDependency(undefined)).to.equal(undefined);
  });
});
