import { expect } from "chai";
import fc from "fast-check";
import { createPathFilter, type PathFilterOptions } from "../../../../lib/connectors/localfs/walk/path-filter.ts";

function included(options: PathFilterOptions, ...paths: string[]): string[] {
  const filter = createPathFilter(options);
  return paths.filter((path) => filter.includesFile(path));
}

function entered(options: PathFilterOptions, ...paths: string[]): string[] {
  const filter = createPathFilter(options);
  return paths.filter((path) => filter.entersFolder(path));
}

describe("createPathFilter", () => {
  it("includes everything but names with a leading dot by default", () => {
    expect(included({}, "a.md", "a/b/c.md", ".env", "a/.git/config", ".a/b")).to.deep.equal(["a.md", "a/b/c.md"]);
    expect(entered({}, "a", "a/b", ".git", "a/.git/x")).to.deep.equal(["a", "a/b"]);
  });

  it("includes names with a leading dot when `dot` says so, or a pattern writes the dot", () => {
    expect(included({ dot: true }, ".env", "a/.git/config")).to.have.lengthOf(2);
    const github = { include: ["**/*.yml", "**/.github/**"] };
    expect(included(github, ".github/ci.yml", "a/.github/ci.yml", ".git/x.yml")).to.have.lengthOf(2);
    expect(entered(github, ".github", "a/.github", "a/.github/workflows")).to.have.lengthOf(3);
    expect(entered({ include: "**/*.md" }, ".github", "a/.b")).to.deep.equal([]);
    expect(entered({ include: "{.github,docs}/*.md" }, ".github", "docs")).to.have.lengthOf(2);
  });

  it("takes one glob or several, with or without a leading ./", () => {
    expect(included({ include: "./*.md" }, "a.md", "b/a.md")).to.deep.equal(["a.md"]);
    expect(included({ include: ["*.md", "b/**/*.ts"] }, "a.md", "b/x.ts", "b/c/x.ts", "x.ts")).to.have.lengthOf(3);
  });

  it("takes a pattern with / at its end for everything in the folder", () => {
    expect(included({ include: "docs/" }, "docs/a", "docs/b/c", "docs2/a")).to.deep.equal(["docs/a", "docs/b/c"]);
    expect(included({ exclude: "docs/" }, "docs/a", "a")).to.deep.equal(["a"]);
    expect(entered({ exclude: "docs/" }, "docs", "a")).to.deep.equal(["a"]);
  });

  it("excludes a folder with all that is in it, whichever way the pattern is written", () => {
    for (const exclude of ["**/node_modules/**", "**/node_modules", "**/node_modules/"]) {
      expect(entered({ exclude }, "node_modules", "a/node_modules", "a")).to.deep.equal(["a"]);
    }
    expect(entered({ exclude: "drafts" }, "drafts", "a/drafts")).to.deep.equal(["a/drafts"]);
  });

  it("excludes names with a leading dot as well", () => {
    expect(included({ dot: true, exclude: "**/*.log" }, ".log.log", "a/.b/c.log", "a")).to.deep.equal(["a"]);
  });

  it("enters only folders that can hold a match", () => {
    const include = "packages/*/src/**/*.ts";
    expect(entered({ include }, "packages", "packages/a", "packages/a/src", "packages/a/src/b/c")).to.have.lengthOf(4);
    expect(entered({ include }, "docs", "packages/a/test", "packages/.a", "packages/a/src/.b")).to.deep.equal([]);
    expect(entered({ include: "*.md" }, "docs")).to.deep.equal([]);
    expect(entered({ include: "a/*.md" }, "a", "a/b")).to.deep.equal(["a"]);
  });

  it("enters every folder where a bracket may span several parts", () => {
    expect(entered({ include: "{a/b,c}/*.md" }, "a", "a/b", "c")).to.have.lengthOf(3);
    expect(included({ include: "{a/b,c}/*.md" }, "a/b/x.md", "c/x.md", "a/x.md")).to.deep.equal(["a/b/x.md", "c/x.md"]);
  });

  it("enters every folder above a file that it includes", () => {
    const patternPart = fc.constantFrom(
      "**",
      "*",
      "a",
      ".a",
      "a*",
      "?",
      ".*",
      "[.]a",
      "[^b]a",
      "@(a|.b)",
      "+(?)a",
      "{a,.b}",
      "{a/b,.b}",
      "!(a)",
      "*(.)a",
      "**a",
      "!a",
    );
    const parts = fc.array(patternPart, { minLength: 1, maxLength: 4 }).map((all) => all.join("/"));
    const names = fc.array(fc.constantFrom("a", "b", ".a", ".b", "!a", "ab"), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(parts, names, fc.boolean(), (include, path, dot) => {
        fc.pre(!/^!(?!\()/.test(include));
        const filter = createPathFilter({ include, dot });
        if (!filter.includesFile(path.join("/"))) return;
        for (let depth = 1; depth < path.length; depth++) {
          expect(filter.entersFolder(path.slice(0, depth).join("/"))).to.equal(true, `${include} ${path.join("/")}`);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("matches a part that begins with ! by its name", () => {
    expect(entered({ include: "a/!b/*.md" }, "a", "a/!b", "a/c")).to.deep.equal(["a", "a/!b"]);
    expect(included({ include: "!(a).md" }, "a.md", "b.md")).to.deep.equal(["b.md"]);
  });

  it("matches names with line breaks, spaces and brackets", () => {
    expect(included({}, "a\nb/c d.md")).to.have.lengthOf(1);
    expect(included({ include: "**/*.md" }, "a\nb/c\nd.md")).to.have.lengthOf(1);
    expect(included({ include: "notes (1).md" }, "notes (1).md")).to.have.lengthOf(1);
  });

  it("refuses patterns that could never match", () => {
    const message = (include: unknown): string => {
      try {
        createPathFilter({ include: include as string });
      } catch (error) {
        expect(error).to.be.instanceOf(TypeError);
        return (error as Error).message;
      }
      return "accepted";
    };
    expect(message("!a")).to.equal(
      'Cannot walk a folder: `include` must be made of globs without a leading "!" (use `exclude`), got "!a"',
    );
    expect(message("/docs/*.md")).to.include("relative to the folder");
    expect(message("../a")).to.include("inside the folder");
    expect(message("a/../b")).to.include("inside the folder");
    expect(message("")).to.include("not empty");
    expect(message([1])).to.include("got number");
    expect(message(null)).to.include("got null");
    expect(() => createPathFilter({ exclude: "!a" })).to.throw(TypeError, "`exclude`");
  });
});
