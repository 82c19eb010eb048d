import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";

/**
 * An app whose target states are removed as the folder says: the removal fails while there is a file `locked`, and waits for an interrupt
 * with one called `slow`.
 */
const APP = `
  import { existsSync } from "node:fs";
  import { once } from "node:events";
  import { App, declareTargetState, defineTarget, fn, mountEach } from "tidemark";

  const interrupted = once(process, "SIGINT");
  const rows = defineTarget("rows", {
    reconcile: ({ desired, key }) => ({ action: { desired, key }, tracking: desired }),
    async apply(actions) {
      if (actions.every(({ desired }) => desired !== undefined)) return;
      if (existsSync("locked")) throw new Error("the table is locked");
      if (!existsSync("slow")) return;
      console.error("removing");
      // A listener for a signal does not keep a process alive.
      const open = setInterval(() => {}, 60_000);
      await interrupted;
      clearInterval(open);
    },
  });
  const row = fn(function row(key: number): void {
    declareTargetState(rows, key, "there");
  });
  export const app = new App("rows", fn(async function main(): Promise<void> {
    console.log("main runs");
    await mountEach(row, [1, 2, 3].map((key) => [key, key] as const));
  }));
`;

describe("tidemark drop", () => {
  const folder = useCliFolder({ "app.ts": APP });

  beforeEach(async () => {
    expect((await folder.run("update", "app.ts", "-q")).code).to.equal(0);
  });

  it("ends with 1 and says why when not all could be deleted, and tries again the next time", async () => {
    await folder.write("locked", "");
    const { code, stdout, stderr } = await folder.run("drop", "app.ts", "-f");
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    expect(stderr).to.match(/^error: .*rows.*\n {2}because: the table is locked\n/m);
    await folder.write("app.ts", APP.replace('existsSync("locked")', "false"));
    expect((await folder.run("drop", "app.ts", "-f")).code).to.equal(0);
    expect((await folder.run("ls", "app.ts")).stdout).to.equal("[+] rows\n");
  });

  const onSignals = process.platform === "win32" ? it.skip : it;

  onSignals("ends with 130 when it is interrupted", async () => {
    await folder.write("slow", "");
    const running = folder.start("drop", "app.ts", "-f");
    await running.seen("removing");
    running.child.kill("SIGINT");
    const { code, stderr } = await running.outcome;
    expect(code, stderr).to.equal(130);
    expect(stderr).to.include("Stopping");
  });

  onSignals("of an update with --reset ends with 130 when it is interrupted, and nothing runs after it", async () => {
    await folder.write("slow", "");
    const running = folder.start("update", "app.ts", "--reset", "-f");
    await running.seen("removing");
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.outcome;
    expect({ code, stdout }, stderr).to.deep.equal({ code: 130, stdout: "" });
    expect(existsSync(join(folder.path, ".tidemark"))).to.equal(true);
  });
});
