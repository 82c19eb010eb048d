import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { expect } from "chai";
import { createTempFolder } from "../temp-folder.ts";

const INDEX = JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href);

/** What a program that does `body` with an app prints on standard error, with its exit code. */
async function run(body: string): Promise<{ readonly code: unknown; readonly stderr: string }> {
  await using folder = await createTempFolder();
  const source = `
    import { App, Environment } from ${INDEX};
    const environment = new Environment({ dbPath: ${JSON.stringify(join(folder.path, "db"))} });
    const app = new App({ name: "docs", environment }, function main() {});
    ${body}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { code, stderr };
}

describe("a handle with `reportToStdout` that nothing starts", () => {
  it("is warned of when the process ends", async () => {
    const { code, stderr } = await run("app.update({ reportToStdout: true });");
    expect(stderr).to.match(/\[TIDEMARK_NOT_STARTED\] TidemarkWarning: The update of app "docs" was not started: /);
    expect(stderr).to.include("Write `await app.update({ reportToStdout: true })`");
    expect(code).to.equal(0);
  });

  it("is warned of once, whatever the number of handles", async () => {
    const { stderr } = await run(
      "for (let n = 0; n < 5; n++) app.update({ reportToStdout: 500 }); app.drop({ reportToStdout: true });",
    );
    expect(stderr.split("TIDEMARK_NOT_STARTED")).to.have.length(2);
    expect(stderr).to.include("was not started, nor 5 more: ");
  });

  it("is warned of with the remedy for a drop", async () => {
    const { stderr } = await run("app.drop({ reportToStdout: 50 });");
    expect(stderr).to.include('The drop of app "docs" was not started').and.include("Write `await app.drop(");
  });

  for (const kind of ["update", "drop"]) {
    it(`is warned of, once, when the program ends with process.exit after ${kind}`, async () => {
      const { code, stderr } = await run(`app.${kind}({ reportToStdout: true }); process.exit(0);`);
      expect(stderr).to.match(/\[TIDEMARK_NOT_STARTED\] TidemarkWarning: The \w+ of app "docs" was not started: /);
      expect(stderr).to.include(`Write \`await app.${kind}({ reportToStdout: true })\``);
      expect(stderr.split("TIDEMARK_NOT_STARTED")).to.have.length(2);
      expect(code).to.equal(0);
    });
  }

  it("is warned of once where a listener of the end calls process.exit", async () => {
    const { stderr } = await run(
      'app.update({ reportToStdout: true }); process.once("beforeExit", () => setImmediate(() => process.exit(0)));',
    );
    expect(stderr.split("TIDEMARK_NOT_STARTED")).to.have.length(2);
  });

  it("is not warned of where the program fails", async () => {
    const { code, stderr } = await run("app.update({ reportToStdout: true }); process.exit(4);");
    expect({ code, stderr }).to.deep.equal({ code: 4, stderr: "" });
  });

  const FINE: Readonly<Record<string, string>> = {
    "is awaited": "await app.update({ reportToStdout: true });",
    "is watched": "for await (const _ of app.update({ reportToStdout: true }).watch());",
    "is started without being awaited": "void app.update({ reportToStdout: true }).result();",
    "is awaited before process.exit": "await app.update({ reportToStdout: true }); process.exit(0);",
    "is awaited later":
      "const handle = app.update({ reportToStdout: true }); setImmediate(async () => { await handle; });",
    "prints nothing": "app.update(); app.update({ reportToStdout: false });",
  };
  for (const [name, body] of Object.entries(FINE)) {
    it(`is not warned of where it ${name}`, async () => {
      expect(await run(body)).to.deep.equal({ code: 0, stderr: "" });
    });
  }
});
