import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";
import { testLoadCases, type LoadCase } from "./load-cases.ts";

const PATHS = `{
  // The "/*" in a pattern begins no comment.
  "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["src/app/*"], "~/*": ["./src/*"], "@/*": ["./src/*"] }, },
}`;
const ANY_PATH = '{ "compilerOptions": { "paths": { "*": ["./types/*", "./src/*"] } } }';
const NO_INSTALL = "npm install";

const CASES: Readonly<Record<string, LoadCase>> = {
  "an alias of tsconfig.json that looks like a package": {
    source: 'import { x } from "@app/lib";\n',
    files: { "tsconfig.json": PATHS },
    says: [
      'app.ts imports "@app/lib", an alias of "paths" in tsconfig.json, which Node does not read',
      '"imports": { "#app/*": "./src/app/*" }',
      '"#app/lib.ts" instead of "@app/lib"',
    ],
    saysNot: NO_INSTALL,
  },
  "an alias that begins with @/": {
    source: 'import { x } from "@/deep/x";\n',
    files: { "tsconfig.json": PATHS },
    says: ['an alias of "paths"', '"imports": { "#src/*": "./src/*" }', '"#src/deep/x.ts" instead of "@/deep/x"'],
    saysNot: NO_INSTALL,
  },
  "an alias that begins with ~": {
    source: 'import { x } from "~/x.ts";\n',
    files: { "tsconfig.json": PATHS },
    says: ['imports "~/x.ts", an alias of "paths"', '"#src/x.ts" instead of "~/x.ts"'],
    saysNot: NO_INSTALL,
  },
  "an alias of a configuration that tsconfig.json extends": {
    source: 'import { x } from "exact";\n',
    files: {
      "tsconfig.json": '{ "extends": "./config/base" }',
      "config/base.json": '{ "compilerOptions": { "paths": { "exact": ["../lib/exact.ts"] } } }',
    },
    says: ['"exact", an alias of "paths" in config/base.json', '"imports": { "#exact": "./lib/exact.ts" }'],
    saysNot: NO_INSTALL,
  },
  "an alias of a referenced configuration": {
    source: 'import { x } from "@app/lib";\n',
    files: {
      "tsconfig.json": '{ "references": [{ "path": "./tsconfig.app.json" }] }',
      "tsconfig.app.json": '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"] } } }',
    },
    says: ['an alias of "paths" in tsconfig.app.json'],
    saysNot: NO_INSTALL,
  },
  "an alias that a file in between uses": {
    source: 'import "./parts/b.ts";\n',
    files: { "tsconfig.json": PATHS, "parts/b.ts": 'import { x } from "@app/lib";' },
    says: ["Cannot load app.ts: parts/b.ts imports", 'an alias of "paths"'],
    saysNot: NO_INSTALL,
  },
  "a path below the root of the project": {
    source: 'import { x } from "src/x";\n',
    files: { "src/x.ts": "export const x = 1;" },
    says: ['imports "src/x", which Node takes for a package', 'Import it by its relative path: "./src/x.ts"'],
    saysNot: NO_INSTALL,
  },
  "an alias that nothing explains": {
    source: 'import { x } from "@/x";\n',
    says: ['imports "@/x", which is no name of a package', '"imports" of package.json'],
    saysNot: NO_INSTALL,
  },
  "a package that is not installed, with paths that do not match": {
    source: 'import { x } from "no-such-package/part";\n',
    files: { "tsconfig.json": PATHS },
    says: ['imports "no-such-package", which is not installed', "Try: npm install no-such-package"],
  },
  "a package that is not installed, with paths that match every name": {
    source: 'import { x } from "no-such-package";\n',
    files: { "tsconfig.json": ANY_PATH, "src/other.ts": "" },
    says: ['imports "no-such-package", which is not installed', "Try: npm install no-such-package"],
    saysNot: "alias",
  },
  "a package that is not installed, with paths to its declarations": {
    source: 'import { x } from "no-such-package";\n',
    files: { "tsconfig.json": ANY_PATH, "types/no-such-package.d.ts": "", "src/no-such-package/index.d.ts": "" },
    says: ['imports "no-such-package", which is not installed', "Try: npm install no-such-package"],
    saysNot: "alias",
  },
  "a package of a scope that is not installed, with paths that match every scope": {
    source: 'import { x } from "@no-such-scope/x";\n',
    files: { "tsconfig.json": '{ "compilerOptions": { "paths": { "@*": ["./src/*"] } } }' },
    says: ["Try: npm install @no-such-scope/x"],
    saysNot: "alias",
  },
  "an alias that matches every name and leads to a file": {
    source: 'import { x } from "lib";\n',
    files: { "tsconfig.json": ANY_PATH, "src/lib.mts": "" },
    says: [
      'imports "lib", an alias of "paths"',
      '"imports": { "#src/*": "./src/*" }',
      '"#src/lib.mts" instead of "lib"',
    ],
    saysNot: NO_INSTALL,
  },
  "an alias that leads to a folder": {
    source: 'import { x } from "@app/lib";\n',
    files: { "tsconfig.json": PATHS, "src/app/lib/index.ts": "" },
    says: ['"#app/lib/index.ts" instead of "@app/lib"'],
    saysNot: "does not exist",
  },
  "an alias that leads to no file": {
    source: 'import { x } from "@app/lib";\n',
    files: { "tsconfig.json": PATHS },
    says: ['an alias of "paths"', "Its target src/app/lib does not exist either"],
    saysNot: NO_INSTALL,
  },
};

describe("a module that imports by an alias", () => {
  testLoadCases(CASES);
});

describe("a component that imports by an alias", () => {
  const folder = useCliFolder({ "tsconfig.json": PATHS });
  const IMPORT = 'await import("@app/lib.ts");';

  const PLACES: Readonly<Record<string, readonly [main: string, code: number]>> = {
    "a component": [`await mount(async function doc(): Promise<void> { ${IMPORT} });`, 3],
    "the main function": [IMPORT, 1],
  };
  for (const [place, [main, expected]] of Object.entries(PLACES)) {
    for (const args of [[], ["-v"], ["-q"]]) {
      it(`gets the remedy in ${place}${args.map((arg) => ` with ${arg}`).join("")}, once`, async () => {
        await folder.write(
          "app.ts",
          `import { App, fn, mount } from "tidemark";
          export const app = new App("app", fn(async function main(): Promise<void> { mount; ${main} }));`,
        );
        const { code, stderr } = await folder.run("update", "app.ts", ...args);
        expect(stderr.split('app.ts imports "@app/lib.ts", an alias of "paths" in tsconfig.json')).to.have.length(2);
        expect(stderr).to.include('"imports": { "#app/*": "./src/app/*" }').and.not.include("npm install");
        expect(stderr.match(/\{$/gm)?.length).to.equal(stderr.match(/^\}$/gm)?.length);
        expect(code).to.equal(expected);
      });
    }
  }

  it("gets the remedy for a package that is not installed", async () => {
    await folder.write(
      "app.ts",
      'import { App, fn } from "tidemark"; export const app = new App("app", fn(async function main() { await import("no-such-package"); }));',
    );
    expect((await folder.run("update", "app.ts")).stderr).to.include("Try: npm install no-such-package");
  });
});
