import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";

const APPS = `
  import { App, fn, mountEach } from "tidemark";
  const double = fn({ memo: true }, function double(value: number): number { return value * 2; });
  const main = fn(async function main(): Promise<void> {
    await mountEach(double, [["a", 1], ["b", 2]] as const);
  });
  export const numbers = new App("numbers", main);
  export const others = new App("others", main);
`;

describe("tidemark ls, show and drop", () => {
  const folder = useCliFolder({ "apps.ts": APPS });

  async function runNumbers(): Promise<void> {
    expect((await folder.run("update", "apps.ts:numbers", "-q")).code).to.equal(0);
  }

  describe("ls", () => {
    it("marks the apps of a file that never ran", async () => {
      await runNumbers();
      expect(await folder.run("ls", "apps.ts")).to.deep.equal({ code: 0, stdout: "numbers\n[+] others\n", stderr: "" });
    });

    it("lists the apps of a store", async () => {
      await runNumbers();
      const expected = { code: 0, stdout: "numbers\n", stderr: "" };
      expect(await folder.run("ls")).to.deep.equal(expected);
      expect(await folder.run("ls", "--db", ".tidemark")).to.deep.equal(expected);
    });

    it("says so when there is no store yet, and makes none", async () => {
      const { code, stdout, stderr } = await folder.run("ls");
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: "" });
      expect(stderr).to.equal("There is no store in .tidemark yet: no app has run\n");
      expect((await folder.run("ls", "apps.ts")).stdout).to.equal("[+] numbers\n[+] others\n");
      expect(existsSync(join(folder.path, ".tidemark"))).to.equal(false);
    });

    it("refuses a --db that is no store, or together with a file", async () => {
      for (const db of ["gone", "node_modules", "apps.ts"]) {
        const { code, stderr } = await folder.run("ls", "--db", db);
        expect(code).to.equal(2);
        expect(stderr).to.equal(`error: Cannot list apps: there is no store in ${db}\n`);
      }
      expect((await folder.run("ls", "apps.ts", "--db", ".")).code).to.equal(2);
    });
  });

  describe("show", () => {
    it("prints the components with function and memo", async () => {
      await runNumbers();
      expect(await folder.run("show", "apps.ts:numbers")).to.deep.equal({
        code: 0,
        stdout: '/  main\n/@double/"a"  double  memo\n/@double/"b"  double  memo\n',
        stderr: "",
      });
    });

    it("prints them as a tree", async () => {
      await runNumbers();
      const { stdout } = await folder.run("show", "apps.ts:numbers", "--tree");
      expect(stdout).to.equal('/  main\n  /@double/"a"  double  memo\n  /@double/"b"  double  memo\n');
    });

    it("says so when the app never ran, and makes no store", async () => {
      const { code, stdout, stderr } = await folder.run("show", "apps.ts:numbers");
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: "" });
      expect(stderr).to.equal('App "numbers" has not run yet: it has no state in .tidemark\n');
      expect(existsSync(join(folder.path, ".tidemark"))).to.equal(false);
    });
  });

  describe("drop", () => {
    it("forgets the app with -f and says how much was deleted", async () => {
      await runNumbers();
      expect(await folder.run("drop", "apps.ts:numbers", "-f")).to.deep.equal({
        code: 0,
        stdout: 'Dropped app "numbers": 3 deleted\n',
        stderr: "",
      });
      expect((await folder.run("ls", "apps.ts")).stdout).to.equal("[+] numbers\n[+] others\n");
    });

    it("prints nothing with -q", async () => {
      await runNumbers();
      expect(await folder.run("drop", "apps.ts:numbers", "-fq")).to.deep.equal({ code: 0, stdout: "", stderr: "" });
    });

    it("refuses to ask without a terminal", async () => {
      await runNumbers();
      const { code, stderr } = await folder.run("drop", "apps.ts:numbers");
      expect(code).to.equal(2);
      expect(stderr).to.include("use -f");
      expect((await folder.run("ls")).stdout).to.equal("numbers\n");
    });

    it("has nothing to do for an app that never ran", async () => {
      const { code, stdout } = await folder.run("drop", "apps.ts:numbers");
      expect({ code, stdout }).to.deep.equal({
        code: 0,
        stdout: 'Nothing to drop: app "numbers" has no state in .tidemark\n',
      });
    });
  });
});
