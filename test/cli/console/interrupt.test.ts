import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createCliFolder, type CliFolder } from "../cli-folder.ts";

/** An app that is at work until it is stopped. */
const APP = `
  import { App, fn, mount } from "tidemark";
  const wait = fn(async function wait(): Promise<void> {
    console.error("at work");
    await new Promise((resolve) => { setTimeout(resolve, 60_000); });
  });
  export const app = new App("waiting", fn(async function main(): Promise<void> {
    const handle = await mount(wait);
    await handle.ready();
  }));
`;

(process.platform === "win32" ? describe.skip : describe)("an interrupted command", () => {
  let folder: CliFolder;

  beforeEach(async () => {
    folder = await createCliFolder();
    await folder.write("app.ts", APP);
  });

  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it("stops the run in good order and ends with 130", async () => {
    const running = folder.start("update", "app.ts");
    await running.seen("at work");
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.outcome;
    expect(code).to.equal(130);
    expect(stderr).to.equal("at work\nStopping (press Ctrl-C again to end at once)\n");
    expect(stdout).to.include("■ Interrupted by SIGINT\n");
    expect(stdout).to.not.include("Failed");
    expect(stdout).to.not.include("in-flight");
  });

  it("ends with 143 after SIGTERM", async () => {
    const running = folder.start("update", "app.ts", "-q");
    await running.seen("at work");
    running.child.kill("SIGTERM");
    expect(await running.outcome).to.deep.equal({ code: 143, stdout: "", stderr: "at work\nStopping\n" });
  });

  it("ends at once at the second signal", async () => {
    await folder.write(
      "app.ts",
      `import { App, defineTarget, declareTargetState, fn } from "tidemark";
      const stuck = defineTarget("stuck", {
        reconcile: ({ desired }) => ({ action: desired, tracking: desired }),
        apply: () => { console.error("at work"); return new Promise((resolve) => { setTimeout(resolve, 60_000); }); },
      });
      export const app = new App("waiting", fn(function main(): void { declareTargetState(stuck, 1, 1); }));`,
    );
    const running = folder.start("update", "app.ts");
    await running.seen("at work");
    running.child.kill("SIGINT");
    await running.seen("Stopping");
    running.child.kill("SIGINT");
    expect((await running.outcome).code).to.equal(130);
  });

  it("stops a live run that has caught up in good order: what is in progress is finished", async () => {
    await folder.write(
      "app.ts",
      `import { writeFileSync } from "node:fs";
      import { App, fn, LiveMap, mountEach } from "tidemark";
      const map = new LiveMap([["a", "1"]]);
      const work = fn(async function work(text: string): Promise<void> {
        console.error("at work on", text);
        if (text === "1") return void setTimeout(() => map.set("a", "2"), 50);
        await new Promise((resolve) => { setTimeout(resolve, 300); });
        writeFileSync("done", text);
      });
      export const app = new App("followed", fn(async function main(): Promise<void> {
        await mountEach(work, map);
      }));`,
    );
    const running = folder.start("update", "app.ts", "--live", "-q");
    await running.seen("at work on 2");
    running.child.kill("SIGINT");
    expect(await running.outcome).to.deep.equal({
      code: 130,
      stdout: "",
      stderr: "at work on 1\nat work on 2\nStopping (press Ctrl-C again to end at once)\n",
    });
    expect(await readFile(join(folder.path, "done"), "utf8")).to.equal("2");
  });

  it("gives up a live run that has not caught up, as any other", async () => {
    const running = folder.start("update", "app.ts", "-L", "-q");
    await running.seen("at work");
    running.child.kill("SIGINT");
    expect((await running.outcome).code).to.equal(130);
  });
});
