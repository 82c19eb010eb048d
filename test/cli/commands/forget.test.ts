import { expect } from "chai";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { useCliFolder } from "../cli-folder.ts";

/** An app with two files and two states of a custom target. */
const APP = `
  import { App, declareTargetState, defineTarget, fn, mountEach } from "tidemark";
  import { mountDirTarget } from "tidemark/localfs";

  const server = defineTarget("server", {
    reconcile: ({ desired, key }) => ({ action: { desired, key }, tracking: desired }),
    apply() {},
  });
  const page = fn({ memo: true }, function page(name, out) {
    out.declareFile(name + ".html", name);
    declareTargetState(server, name, 1);
  });
  export const app = new App("pages", fn(async function main() {
    const out = await mountDirTarget("out");
    await mountEach(page, ["a", "b"].map((name) => [name, name]), out);
  }));
`;

describe("tidemark forget", () => {
  const folder = useCliFolder({ "app.ts": APP });

  beforeEach(async () => {
    expect((await folder.run("update", "app.ts", "-q")).code).to.equal(0);
  });

  it("forgets a file, leaves it where it is, and says so", async () => {
    const { code, stdout, stderr } = await folder.run("forget", "app.ts", "out/a.html", "-f");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(/^ {2}\S+out\/a\.html of \/@page\/"a"\nForgot 1 target state of app "pages"\n$/);
    expect(existsSync(join(folder.path, "out/a.html"))).to.equal(true);
  });

  it("prints an object a line with --json", async () => {
    const { code, stdout } = await folder.run("forget", "app.ts", "out", "-f", "--json");
    expect(code).to.equal(0);
    const states = stdout.trim().split("\n");
    expect(states).to.have.length(3);
    expect(JSON.parse(states.at(-1)!)).to.deep.equal({
      target: join(folder.path, "out/b.html"),
      component: '/@page/"b"',
      reason: "named",
    });
  });

  it("asks, and cannot without a terminal", async () => {
    const { code, stderr } = await folder.run("forget", "app.ts", "out/a.html");
    expect(code).to.equal(2);
    expect(stderr).to.include("out/a.html").and.include('Forget 1 target state of app "pages" without removing them?');
    expect((await folder.run("forget", "app.ts", "out/a.html", "-f")).code, "nothing was forgotten").to.equal(0);
  });

  it("refuses a name that no target state has, and a call without any", async () => {
    const unknown = await folder.run("forget", "app.ts", "out/c.html", "-f");
    expect(unknown.code).to.equal(2);
    expect(unknown.stderr).to.include('out/c.html: app "pages" has no such target state');
    expect((await folder.run("forget", "app.ts")).code).to.equal(2);
  });

  it("finds no orphans where there are none", async () => {
    const { code, stdout } = await folder.run("forget", "app.ts", "--orphans");
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'Nothing to forget: app "pages" has no orphans\n' });
  });

  it("takes the name of an app and its store where the code is gone: other targets than Tidemark's are orphans then", async () => {
    await rm(join(folder.path, "app.ts"));
    const { code, stdout, stderr } = await folder.run("forget", "pages", "--db", ".tidemark", "--orphans", "-f");
    expect(code, stderr).to.equal(0);
    expect(stdout.match(/\(undefined\)/g)).to.have.length(2);
    expect(stdout).to.include('"server"/"a"').and.not.include("a.html");
    expect((await folder.run("forget", "other", "--db", ".tidemark", "--orphans")).stderr).to.include("it has pages");
    expect((await folder.run("forget", "pages", "--db", "nothing", "--orphans")).code).to.equal(2);
  });
});
