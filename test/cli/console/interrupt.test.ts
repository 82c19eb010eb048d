import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";
import { STUCK_APP, WAITING_APP } from "../endless-apps.ts";

(process.platform === "win32" ? describe.skip : describe)("an interrupted command", () => {
  const folder = useCliFolder({ "app.ts": WAITING_APP });

  it("stops the run gracefully and ends with 130", async () => {
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

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`ends with ${exitCode} after ${signal} although a target hangs`, async () => {
      await folder.write("app.ts", STUCK_APP);
      const running = folder.start("update", "app.ts", "-q");
      await running.seen("at work");
      running.child.kill(signal);
      expect((await running.outcome).code).to.equal(exitCode);
    });
  }

  it("ends immediately at the second signal", async () => {
    await folder.write("app.ts", STUCK_APP);
    const running = folder.start("update", "app.ts");
    await running.seen("at work");
    running.child.kill("SIGINT");
    await running.seen("Stopping");
    running.child.kill("SIGINT");
    expect((await running.outcome).code).to.equal(130);
  });

  it("stops a live run that has caught up gracefully: the work in progress is finished", async () => {
    await folder.write(
      "app.ts",
      `import { once } from "node:events";
      import { App, fn, LiveMap, mountEach } from "tidemark";
      const map = new LiveMap([["a", "1"]]);
      process.once("SIGUSR2", () => map.set("a", "2"));
      const work = fn(async function work(text: string): Promise<void> {
        console.error("at work on", text);
        if (text === "2") await once(process, "SIGUSR2");
        console.error("done with", text);
      });
      export const app = new App("followed", fn(async function main(): Promise<void> {
        await mountEach(work, map);
      }));`,
    );
    const running = folder.start("update", "app.ts", "--live", "--json", "--interval", "1");
    await running.until(() => running.stdout.includes('"status":"ready"'));
    running.child.kill("SIGUSR2");
    await running.seen("at work on 2");
    running.child.kill("SIGINT");
    await running.seen("Stopping");
    running.child.kill("SIGUSR2");
    const { code, stderr, stdout } = await running.outcome;
    const lines = [
      "at work on 1",
      "done with 1",
      "at work on 2",
      "Stopping (press Ctrl-C again to end at once)",
      "done with 2",
    ];
    expect({ code, stderr }).to.deep.equal({ code: 130, stderr: `${lines.join("\n")}\n` });
    const last = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as object;
    expect(last).to.deep.include({ final: true, status: "ready" }).and.to.not.have.property("error");
    expect(last)
      .to.have.nested.property("stats.byComponent.work")
      .that.deep.includes({ numAdds: 1, numReprocesses: 1 });
  });

  it("aborts a live run that has not caught up, as it does a run that is not live", async () => {
    const running = folder.start("update", "app.ts", "-L", "-q");
    await running.seen("at work");
    running.child.kill("SIGINT");
    expect((await running.outcome).code).to.equal(130);
  });
});
