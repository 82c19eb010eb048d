import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";
import { APP, testLoadCases, type LoadCase } from "./load-cases.ts";

const TYPES =
  "export interface Foo { a: number }\ntype Inner = 1;\nclass Both {}\nexport { type Inner as Outer };\nexport const bar = 1;\n";
const NO_INSTALL = "npm install";

const CASES: Readonly<Record<string, LoadCase>> = {
  "a module of Node that is not there": {
    source: 'import { x } from "fs/nothing";\n',
    says: ['imports "fs/nothing", and Node has no such module'],
    saysNot: NO_INSTALL,
  },
  "a module of Node that is misspelt": { source: 'import { x } from "node:nothing";\n', says: ["has no such module"] },
  "a name with # that is not there": {
    source: 'import { x } from "#lib/x.ts";\n',
    says: ["#lib/x.ts", 'Add the name to "imports"'],
  },
  "a type of this package imported as a value": {
    source: 'import { File, walkDir } from "tidemark/localfs";\n',
    says: ["app.ts:1:10", "`File` is a type", 'import { type File } from "tidemark/localfs"', "verbatimModuleSyntax"],
  },
  "a type of the package's root imported as a value": {
    source: 'import { ExceptionContext } from "tidemark";\n',
    says: ["`ExceptionContext` is a type", 'import { type ExceptionContext } from "tidemark"'],
  },
  "a type of a file imported as a value": {
    source: 'import { Foo, bar } from "./types.ts";\n',
    files: { "types.ts": TYPES },
    says: ["`Foo` is a type", 'import { type Foo } from "./types.ts"'],
  },
  "a renamed type imported as a value": {
    source: 'import { Outer } from "./types.ts";\n',
    files: { "types.ts": TYPES },
    says: ["`Outer` is a type"],
  },
  "a type exported again as a value": {
    source: 'export { Foo } from "./types.ts";\n',
    files: { "types.ts": TYPES },
    says: ["`Foo` is a type", 'export { type Foo } from "./types.ts"'],
  },
  "a misspelt name": {
    source: 'import { walkDirs } from "tidemark/localfs";\n',
    says: ["does not provide an export named 'walkDirs'", "Did you mean walkDir?"],
    saysNot: "is a type",
  },
  "a default export that is not there": {
    source: 'import tidemark from "tidemark";\n',
    says: ["no default export", 'import { … } from "tidemark"'],
  },
  "a decorator of a method": {
    source: "function seen(...args: unknown[]): void {}\nclass A { @seen run(): void {} }\n",
    says: ["app.ts:2:11", "Node runs no decorators"],
  },
  "a decorator of a class": {
    source: "function seen(...args: unknown[]): void {}\n@seen\nclass A {}\n",
    says: ["app.ts:2:1", "Node runs no decorators"],
  },
  "an enum": { source: "enum A { B }\n", says: ["enum is not supported", "app.ts:1:1", "Write a const object"] },
  "a namespace with values": {
    source: "namespace A { export const b = 1; }\n",
    says: ["app.ts:1:1", "namespace", "erasableSyntaxOnly"],
  },
  "a parameter property": {
    source: "class A { constructor(private readonly b: number) {} }\n",
    says: ["parameter property", "app.ts:1:", "erasableSyntaxOnly"],
  },
  "an import with =": {
    source: 'import fs = require("node:fs");\n',
    says: ["app.ts:1:1", "import =", "erasableSyntaxOnly"],
  },
  "a missing extension": {
    source: 'import { bar } from "./types";\n',
    files: { "types.ts": TYPES },
    says: [
      "imports types, which does not exist",
      "Did you mean types.ts? Imports must name the file with its extension",
    ],
  },
  "a missing file": {
    source: 'import { bar } from "./gone.ts";\n',
    says: ["app.ts imports gone.ts, which does not exist"],
  },
  "a folder": {
    source: 'import { bar } from "./parts";\n',
    files: { "parts/index.ts": TYPES },
    says: ["ERR_UNSUPPORTED_DIR_IMPORT", "Node imports files, not folders", "Did you mean parts/index.ts?"],
  },
  "JSON without an attribute": {
    source: 'import data from "./data.json";\n',
    files: { "data.json": "{}" },
    says: ['with { type: "json" }'],
  },
  "require in an ES module": {
    source: 'const fs = require("node:fs");\n',
    says: ["require is not defined", "app.ts:1:", "The file is an ES module", "createRequire"],
  },
  "module.exports in an ES module": {
    source: "module.exports = {};\n",
    says: ["module is not defined", "export const app"],
  },
  "__dirname in an ES module": {
    source: "console.log(__dirname);\n",
    says: ["__dirname is not defined", "import.meta.dirname"],
  },
  "an ES module where package.json says CommonJS": {
    source: "",
    files: { "package.json": '{ "type": "commonjs" }' },
    says: ["Cannot use import statement", 'set "type": "module" there, or rename the file to app.mts'],
  },
  "TypeScript below node_modules": {
    source: 'import { x } from "typed";\n',
    files: {
      "node_modules/typed/package.json": '{ "name": "typed", "type": "module", "exports": "./index.ts" }',
      "node_modules/typed/index.ts": "export const x: number = 1;",
    },
    says: ["node_modules/typed/index.ts", "Node runs no TypeScript below node_modules", "built to JavaScript"],
  },
  "a path that a package does not export": {
    source: 'import { x } from "tidemark/engine";\n',
    says: ["tidemark", '"exports" of its package.json'],
  },
  "a style sheet": { source: 'import "./a.css";\n', files: { "a.css": "a {}" }, says: [".css", "for bundlers"] },
  "a file with JSX": { source: 'import "./a.tsx";\n', files: { "a.tsx": "" }, says: [".tsx", "It does not run JSX"] },
  "an address on the web": {
    source: 'import x from "https://example.com/x.js";\n',
    says: ["https:", "install the package"],
  },
  "a circular import": {
    source: 'import { b } from "./b.ts";\nexport const a = 1;\n',
    files: { "b.ts": 'import { a } from "./app.ts";\nexport const b = a;' },
    says: ["Cannot access 'a' before initialization", "b.ts:2:", "A circular import is the usual cause"],
  },
  "an error that is thrown": {
    source: 'throw new RangeError("at import");\n',
    says: ["RangeError: at import", "app.ts:1:7"],
  },
  "a function without a name, as a minifier leaves it": {
    source: 'import { fn as f } from "tidemark";\nexport const run = f(async () => {});\n',
    says: ["it needs a name", "keepNames"],
  },
};

describe("a module that does not load", () => {
  testLoadCases(CASES);
});

describe("an APP that names no app", () => {
  const folder = useCliFolder();

  it("is a folder: its modules are suggested, the usual names first", async () => {
    for (const name of ["z.ts", "a.ts", "app.ts", "types.d.ts"]) await folder.write(`pipelines/${name}`, APP);
    const { code, stderr } = await folder.run("update", "pipelines");
    expect(stderr).to.equal(
      "error: Cannot load pipelines: APP must be a file, got a folder\n" +
        "Did you mean pipelines/app.ts or pipelines/a.ts or pipelines/z.ts?\n",
    );
    expect(code).to.equal(2);
  });

  it("exports the promise of one", async () => {
    await folder.write(
      "app.ts",
      'import { App, fn } from "tidemark";\nexport const app = (async () => new App("app", fn(function main() {})))();',
    );
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(stderr).to.include("it exports app\n`app` is a promise; export what it gives: export const app = await …;");
    expect(code).to.equal(2);
  });

  it("has a colon in its path, and one before the name", async () => {
    await folder.write("12:30/a:b.ts", APP);
    for (const argument of ["12:30/a:b.ts", "12:30/a:b.ts:app"]) {
      const { code, stderr } = await folder.run("update", argument, "-q");
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    }
    expect((await folder.run("update", "12:30/a:b.ts:docs")).stderr).to.include(
      'Cannot find an app called "docs" in 12:30/a:b.ts',
    );
  });
});
