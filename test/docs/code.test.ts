import { expect } from "chai";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCliFolder } from "../cli/cli-folder.ts";
import { ROOT, runProgram, startProgram } from "../examples/run-program.ts";
import { serve } from "../../lib/serve/index.ts";
import { createGatedApp } from "../serve/gated-app.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { until } from "../until.ts";
import { codeOf, readPages } from "./pages.ts";

const COMPILER_OPTIONS = {
  target: "es2024",
  lib: ["es2024", "esnext.disposable"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};

describe("the code in README.md and docs", () => {
  it("compiles, each block by itself, against the built package", async function () {
    this.timeout(60_000);
    await using folder = await createTempFolder();
    await mkdir(join(folder.path, "docs"));
    await mkdir(join(folder.path, "node_modules"));
    await symlink(ROOT, join(folder.path, "node_modules/tidemark"), "junction");
    await symlink(join(ROOT, "examples"), join(folder.path, "examples"), "junction");
    for (const name of ["@opentelemetry", "@types", "undici-types"]) {
      await symlink(join(ROOT, "node_modules", name), join(folder.path, "node_modules", name), "junction");
    }
    await writeFile(join(folder.path, "package.json"), '{ "type": "module" }');
    const config = { compilerOptions: COMPILER_OPTIONS, include: ["docs"] };
    await writeFile(join(folder.path, "tsconfig.json"), JSON.stringify(config));
    let count = 0;
    for (const page of await readPages()) {
      for (const [index, code] of codeOf(page).entries()) {
        const name = `${page.path.replace(/^docs\//, "").replace(/\.md$/, "")}-${index + 1}.ts`;
        await writeFile(join(folder.path, "docs", name), code);
        count++;
      }
    }
    expect(count).to.be.greaterThan(10);
    const compiler = "node_modules/typescript/bin/tsc";
    const { code, stdout } = await runProgram(compiler, ["-p", folder.path, "--pretty", "false"]);
    expect(stdout).to.equal("");
    expect(code).to.equal(0);
  });

  it("shows the custom target as it is tested", async () => {
    const pages = await readPages();
    const source = await readFile(join(ROOT, "examples/custom-target/http-documents.ts"), "utf8");
    expect(pages.find(({ path }) => path === "docs/targets.md")?.text).to.include(`\`\`\`ts\n${source}\`\`\`\n`);
  });

  it("follows the events of a run as docs/serving.md shows it", async () => {
    await using test = await createTestEnvironment();
    await using folder = await createTempFolder();
    await using server = await serve({ port: 0, environment: test.environment });
    const gated = createGatedApp(test.environment, "demo", [{ title: "docs", size: 3 }]);
    const handle = gated.app.update();
    const result = handle.result();
    // The program follows the newest update that it finds.
    await until(() => handle.stats() !== null, { explain: () => handle.stats() });
    const code = codeOf((await readPages()).find(({ path }) => path === "docs/serving.md")!).at(-1)!;
    expect(code).to.include('"http://127.0.0.1:9464"');
    const path = join(folder.path, "follow.ts");
    await writeFile(path, code.replace("http://127.0.0.1:9464", server.url));
    let output = "";
    for await (const part of startProgram(path, [], {}).stdout.setEncoding("utf8")) {
      output += part as string;
      // It follows now.
      gated.open(3);
    }
    await result;
    expect(output).to.match(/^outside groups \d so far\n/);
    expect(output).to.include("docs 3 in all\n");
    expect(output.endsWith("outside groups 1 in all\n"), output).to.equal(true);
  });

  it("does what README.md says of its first example", async () => {
    const [readme] = await readPages();
    await using folder = await createCliFolder();
    await folder.write("pipeline.ts", codeOf(readme!)[0]!);
    await folder.write("notes/kept.txt", "kept");
    await folder.write("notes/edited.txt", "before");
    await folder.write("notes/deleted.txt", "gone");
    expect((await folder.run("update", "pipeline.ts")).stdout).to.include("✓ shout: 3 total | 3 added\n");
    await folder.write("notes/edited.txt", "after");
    await folder.write("notes/added.txt", "new");
    await rm(join(folder.path, "notes/deleted.txt"));
    expect((await folder.run("update", "pipeline.ts")).stdout).to.include(
      "✓ shout: 4 total | 1 added, 1 reprocessed, 1 deleted, 1 unchanged\n",
    );
    const loud = join(folder.path, "loud");
    const names = (await readdir(loud)).toSorted();
    const contents = await Promise.all(names.map((name) => readFile(join(loud, name), "utf8")));
    expect(names).to.deep.equal(["added.txt", "edited.txt", "kept.txt"]);
    expect(contents).to.deep.equal(["NEW", "AFTER", "KEPT"]);
    await folder.write("pipeline.ts", codeOf(readme!)[0]!.replace("toUpperCase", "toLowerCase"));
    expect((await folder.run("update", "pipeline.ts")).stdout).to.include("✓ shout: 3 total | 3 reprocessed\n");
  });
});
