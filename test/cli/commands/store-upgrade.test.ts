import { join, resolve } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../fixtures/format-1/pipeline.ts";
import { restoreProject } from "../../fixtures/format-1/restore.ts";
import { useCliFolder } from "../cli-folder.ts";

const DB_PATH = join(ROOT, ".tidemark");
const PIPELINE = resolve(import.meta.dirname, "../../fixtures/format-1/pipeline.ts");
const APP = `
  import * as tidemark from "tidemark";
  import * as localfs from "tidemark/localfs";
  import * as sqlite from "tidemark/sqlite";
  import { definePipeline } from ${JSON.stringify(PIPELINE)};
  const { App, Environment } = tidemark;
  const environment = new Environment({ dbPath: ${JSON.stringify(DB_PATH)} });
  export const docs = new App({ name: "docs", environment }, definePipeline({ tidemark, localfs, sqlite }).docs);
`;
const NOTICE =
  `The state store at ${DB_PATH} was upgraded, and Tidemark 0.1.0 cannot read it any more; to go back, copy the files in ` +
  `${DB_PATH}/before-format-2 over those of the store; else that folder can be deleted\n`;

describe("The command line, with a store that 0.1 has written", function () {
  // Another process may have the project, which has only one place.
  this.timeout(180_000);
  const folder = useCliFolder({ "app.ts": APP });
  let restored: AsyncDisposable | undefined;

  beforeEach(async function () {
    // The fixture has paths of POSIX.
    if (process.platform === "win32") this.skip();
    restored = await restoreProject();
  });

  afterEach(async () => {
    await restored?.[Symbol.asyncDispose]();
    restored = undefined;
  });

  it("says once, in one line of standard error, that it was upgraded: `ls`", async () => {
    const list = () => folder.run("ls", "--db", DB_PATH);
    expect(await list()).to.deep.equal({ code: 0, stdout: "docs\nother\n", stderr: NOTICE });
    expect(await list()).to.deep.equal({ code: 0, stdout: "docs\nother\n", stderr: "" });
  });

  it("lists its updates: `ls --runs`", async () => {
    const { code, stderr, stdout } = await folder.run("ls", "--runs", "--db", DB_PATH);
    expect([code, stderr]).to.deep.equal([0, NOTICE]);
    expect(stdout.match(/\bdocs\b/g)?.length).to.equal(3);
  });

  it("prints its components: `show`", async () => {
    const { code, stderr, stdout } = await folder.run("show", "app.ts");
    expect([code, stderr]).to.deep.equal([0, NOTICE]);
    const lines = stdout.split("\n");
    expect(lines).to.include('/@page/"a.md"  page  memo  3 target states');
    expect(lines).to.include('/"chapter"/"two"/"paragraph"/"third"  paragraph  memo  1 target state');
  });

  it("says so once when an app runs, also quietly: `update -q`", async () => {
    const update = () => folder.run("update", "app.ts", "-q");
    expect(await update()).to.deep.equal({ code: 0, stdout: "", stderr: NOTICE });
    expect(await update()).to.deep.equal({ code: 0, stdout: "", stderr: "" });
  });
});
