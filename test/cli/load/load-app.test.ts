import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { loadApp, loadModule } from "../../../lib/cli/load/load-app.ts";
import { UsageError } from "../../../lib/cli/console/usage-error.ts";
import { createTempFolder } from "../../temp-folder.ts";

/** Source with what makes an app. */
const CREATE_APP = `
  import { App as BaseApp } from ${JSON.stringify(import.meta.resolve("../../../lib/app/app.ts"))};
  class App extends BaseApp {
    constructor(name: string) { super(name, () => {}); }
  }
`;

/** Source that makes an app as another copy of the package would: known by its brand only. */
const CREATE_FOREIGN_APP = `
  class App { readonly name: string = "docs"; }
  Object.defineProperty(App.prototype, Symbol.for("tidemark.app"), { value: true });
`;

type Folder = Awaited<ReturnType<typeof createTempFolder>>;

describe("loadApp", () => {
  let folder: Folder;

  beforeEach(async () => {
    folder = await createTempFolder();
    await write("package.json", '{ "type": "module" }');
  });

  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
  });

  async function write(name: string, text: string): Promise<string> {
    const path = join(folder.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** The message with which loading `argument` fails; paths in it start at the folder. */
  async function failToLoad(argument: string): Promise<string> {
    const caught: unknown = await loadApp(argument).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(caught).to.be.instanceOf(UsageError);
    return (caught as Error).message.replaceAll(folder.path, "<folder>").replaceAll("\\", "/");
  }

  describe("choosing", () => {
    it("gives the only app that a module exports", async () => {
      const file = await write("a.ts", `${CREATE_APP} export const other = 1; export const app = new App("docs");`);
      expect((await loadApp(file)).name).to.equal("docs");
      expect((await loadApp(`${file}:docs`)).name).to.equal("docs");
    });

    it("takes an app exported twice as one", async () => {
      const file = await write("a.ts", `${CREATE_APP} export const app = new App("docs"); export default app;`);
      expect((await loadModule(file)).apps).to.have.length(1);
      expect((await loadApp(`${file}:app`)).name).to.equal("docs");
    });

    it("finds an app by each name that it is exported under", async () => {
      const file = await write(
        "a.ts",
        `${CREATE_APP} const docs = new App("a"); const code = new App("b"); export { docs, docs as nightly, code, code as default };`,
      );
      for (const name of ["docs", "nightly", "a"]) expect((await loadApp(`${file}:${name}`)).name).to.equal("a");
      for (const name of ["code", "default", "b"]) expect((await loadApp(`${file}:${name}`)).name).to.equal("b");
      expect(await failToLoad(`${file}:nightyl`)).to.include("Did you mean <folder>/a.ts:nightly?");
    });

    it("finds an app by its second name where the name of another app is the same", async () => {
      const file = await write(
        "a.ts",
        `${CREATE_APP} const one = new App("one"); export { one, one as two }; export const other = new App("two");`,
      );
      expect((await loadApp(`${file}:two`)).name).to.equal("one");
      expect((await loadApp(`${file}:other`)).name).to.equal("two");
    });

    it("chooses by the app's name or the export's", async () => {
      const file = await write(
        "a.ts",
        `${CREATE_APP} export const a = new App("docs"); export const b = new App("code");`,
      );
      expect((await loadApp(`${file}:code`)).name).to.equal("code");
      expect((await loadApp(`${file}:a`)).name).to.equal("docs");
    });

    it("tells apps of one name apart by their exports", async () => {
      const file = await write(
        "a.ts",
        `${CREATE_APP} export const a = new App("docs"); export const b = new App("docs");`,
      );
      expect((await loadApp(`${file}:b`)).name).to.equal("docs");
      expect(await failToLoad(`${file}:docs`)).to.include('2 apps called "docs"');
    });

    it("lists the choices when it is not said which app is meant", async () => {
      const file = await write(
        "a.ts",
        `${CREATE_APP} export const a = new App("docs"); export const b = new App("code");`,
      );
      expect(await failToLoad(file)).to.equal(
        "APP must say which of the 2 apps of <folder>/a.ts is meant:\n  <folder>/a.ts:docs\n  <folder>/a.ts:code",
      );
    });

    it("names the nearest app for a name that is not there, else all of them", async () => {
      const file = await write("a.ts", `${CREATE_APP} export const app = new App("docs");`);
      expect(await failToLoad(`${file}:dosc`)).to.include("Did you mean <folder>/a.ts:docs?");
      expect(await failToLoad(`${file}:weather`)).to.include("It has:\n  <folder>/a.ts:docs");
    });

    it("refuses an app that another copy of the package has made, which a module in between may bring", async () => {
      const file = await write("a.ts", `${CREATE_FOREIGN_APP} export const app = new App();`);
      expect(await failToLoad(file)).to.match(
        /^Cannot run <folder>\/a\.ts: its app is made by another copy of tidemark .*\n.*"npm ls tidemark"/,
      );
    });

    it("says what a module without an app exports, and how to export one", async () => {
      const file = await write("pipeline.ts", "export const main = 1; export function run() {}");
      expect(await failToLoad(file)).to.equal(
        "Cannot find an app in <folder>/pipeline.ts: it exports main, run\n" +
          'Export one: export const app = new App("pipeline", main);',
      );
      expect(await failToLoad(await write("empty.ts", ""))).to.include("it exports nothing");
    });
  });

  describe("the file", () => {
    it("is suggested when the name is nearly right", async () => {
      await write("pipeline.ts", "");
      expect(await failToLoad(join(folder.path, "pipelin.ts"))).to.equal(
        "Cannot find <folder>/pipelin.ts\nDid you mean <folder>/pipeline.ts?",
      );
      expect(await failToLoad(join(folder.path, "pipeline"))).to.include("Did you mean <folder>/pipeline.ts?");
      expect(await failToLoad(join(folder.path, "pipeline.js:docs"))).to.include("Did you mean <folder>/pipeline.ts?");
    });

    it("is suggested when only the extension is missing", async () => {
      await write("a.ts", "");
      expect(await failToLoad(join(folder.path, "a"))).to.include("Did you mean <folder>/a.ts?");
    });

    it("is not suggested when nothing is like it", async () => {
      await write("pipeline.ts", "");
      expect(await failToLoad(join(folder.path, "weather.ts"))).to.equal("Cannot find <folder>/weather.ts");
      expect(await failToLoad(join(folder.path, "no/such.ts"))).to.include("there is no folder <folder>/no");
    });

    it("must be a module", async () => {
      expect(await failToLoad(await write("notes.md", ""))).to.include("must be a TypeScript or JavaScript file");
      expect(await failToLoad(await write("view.tsx", ""))).to.include("Node does not run JSX");
      expect(await failToLoad(folder.path)).to.include("got a folder");
    });
  });

  describe("a syntax error", () => {
    const CASES = { "bad.js": "JavaScript", "bad.ts": "TypeScript", "bad.mjs": "a .mjs file" };
    for (const [name, kind] of Object.entries(CASES)) {
      it(`is shown with its place and source in ${kind}`, async () => {
        const message = await failToLoad(await write(name, "export const a = 1;\n\tconst = 5;\n"));
        expect(message).to.match(/^Cannot load <folder>\/bad\.\w+: Unexpected token/);
        expect(message).to.include(`\n\n  <folder>/${name}:2:8\n  \tconst = 5;\n  \t      ^`);
        expect(message).to.not.include("node:internal");
        expect(message).to.not.include(import.meta.dirname);
      });
    }

    it("is found in a file that the module imports", async () => {
      await write("parts/b.ts", 'import "./c.js";\nexport const b: number = 1;');
      await write("parts/c.js", "export const c = 1;\nexport const c = 2;");
      const message = await failToLoad(await write("a.ts", 'import { b } from "./parts/b.ts";\nexport { b };'));
      expect(message).to.equal(
        "Cannot load <folder>/a.ts: Identifier 'c' has already been declared\n\n" +
          "  <folder>/parts/c.js:2:14\n  export const c = 2;\n               ^",
      );
    });

    it("that only the engine sees is placed in TypeScript too", async () => {
      const message = await failToLoad(
        await write("a.ts", "export const a: number = 1;\nexport const a: string = '';\n"),
      );
      expect(message).to.include("<folder>/a.ts:2:14\n  export const a: string = '';\n");
    });

    it("is explained when Node cannot strip the syntax", async () => {
      const message = await failToLoad(await write("a.ts", "const x: number = 1;\nenum Color { Red }\n"));
      expect(message).to.include("<folder>/a.ts:2:1\n  enum Color { Red }\n  ^");
      expect(message).to.include("Write a const object or a union of literals");
    });

    it("shows a missing export at the import, in the source as it was written", async () => {
      await write("b.ts", "export const b: number = 1;");
      const message = await failToLoad(
        await write("a.ts", 'const n: number = 1;\nimport { wrong } from "./b.ts"; export const x: number = 1;'),
      );
      expect(message).to.include("does not provide an export named 'wrong'");
      expect(message).to.include(
        '<folder>/a.ts:2:10\n  import { wrong } from "./b.ts"; export const x: number = 1;\n           ^',
      );
    });
  });

  describe("an error thrown while the module loads", () => {
    it("is shown with the user's frames only", async () => {
      const message = await failToLoad(
        await write("a.ts", "function fail(): never {\n  throw new RangeError('oops');\n}\nfail();\n"),
      );
      expect(message).to.include("it failed while it was being loaded\n\nRangeError: oops\n    at fail (");
      expect(message).to.include("<folder>/a.ts:2:9");
      expect(message).to.not.include("node:internal");
      expect(message).to.not.include("lib/cli");
    });

    it("is not taken for a syntax error of the file when JSON.parse threw it", async () => {
      const message = await failToLoad(await write("a.ts", "JSON.parse('{');\n"));
      expect(message).to.include("SyntaxError: Expected property name");
      expect(message).to.include("<folder>/a.ts:1:6");
    });

    it("is not taken for a syntax error in a file that was never loaded", async () => {
      await write("bad.js", "const = 1;");
      const message = await failToLoad(
        await write("a.ts", "if (Date.now() < 0) await import('./bad.js');\nJSON.parse('{');\n"),
      );
      expect(message).to.include("SyntaxError: Expected property name");
    });

    it("may be anything", async () => {
      expect(await failToLoad(await write("a.ts", "throw undefined;"))).to.include("\n\nundefined");
      expect(await failToLoad(await write("b.ts", "throw 'text';"))).to.include("\n\n'text'");
    });
  });

  describe("a missing import", () => {
    it("is named with the package to install", async () => {
      const message = await failToLoad(await write("a.ts", 'import "no-such-package/sub";'));
      expect(message).to.include(
        '<folder>/a.ts imports "no-such-package", which is not installed\nTry: npm install no-such-package',
      );
    });

    it("is named with the file that imports it", async () => {
      await write("b.ts", 'import "./gone.ts";');
      const message = await failToLoad(await write("a.ts", 'import "./b.ts";'));
      expect(message).to.equal(
        "Cannot load <folder>/a.ts: <folder>/b.ts imports <folder>/gone.ts, which does not exist",
      );
    });

    it("is completed when only the extension is wrong or missing", async () => {
      await write("b.ts", "");
      for (const specifier of ["./b", "./b.js"]) {
        const message = await failToLoad(await write(`from${specifier.length}.ts`, `import "${specifier}";`));
        expect(message).to.include("Did you mean <folder>/b.ts?");
      }
    });
  });
});
