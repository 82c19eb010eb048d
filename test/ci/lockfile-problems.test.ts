import { expect } from "chai";
import { readFileSync } from "node:fs";
import { lockfileProblems, type Lockfile } from "../../.ci/lockfile-problems.ts";

describe("lockfileProblems", () => {
  const sound = { version: "1.0.0", integrity: "sha512-x" };

  function problemsOf(packages: Lockfile["packages"], dependencies: Readonly<Record<string, string>> = {}): string[] {
    return lockfileProblems({ packages: { "": { dependencies }, ...packages } });
  }

  it("has none for this checkout", () => {
    const lockfile = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as Lockfile;
    expect(Object.keys(lockfile.packages).length).to.be.above(100);
    expect(lockfileProblems(lockfile)).to.deep.equal([]);
  });

  it("names packages without integrity and packages of another registry", () => {
    const problems = problemsOf({
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { ...sound, resolved: "https://registry.npmjs.org/b/-/b-1.0.0.tgz" },
      "node_modules/c": { ...sound, resolved: "https://npm.internal/c/-/c-1.0.0.tgz" },
    });
    expect(problems).to.deep.equal([
      "node_modules/a has no integrity",
      "node_modules/c is from https://npm.internal/c/-/c-1.0.0.tgz",
    ]);
  });

  it("names dependencies of the library that are installed twice, not those of its development", () => {
    const problems = problemsOf({
      "node_modules/@scope/a": sound,
      "node_modules/b/node_modules/@scope/a": sound,
      "node_modules/c": sound,
      "node_modules/d/node_modules/c": { ...sound, dev: true },
    });
    expect(problems).to.deep.equal([
      "@scope/a is installed 2 times: node_modules/@scope/a, node_modules/b/node_modules/@scope/a",
    ]);
  });

  it("names a dependency that wants an exact version of another one, unless both are pinned to agree", () => {
    const exporter = { ...sound, dependencies: { sdk: "3.1.0", core: "3.1.0" } };
    const packages = { "node_modules/exporter": exporter, "node_modules/sdk": sound };
    expect(problemsOf(packages, { exporter: "1.0.0", sdk: "3.1.0" })).to.deep.equal([]);
    expect(problemsOf(packages, { exporter: "1.0.0", sdk: "^3.1.0" })).to.deep.equal([
      "exporter wants sdk 3.1.0, the package ^3.1.0",
    ]);
    expect(problemsOf(packages, { exporter: "^1.0.0", sdk: "3.1.0" })).to.deep.equal([
      "exporter ^1.0.0 wants exact versions, so pin it",
    ]);
  });
});
