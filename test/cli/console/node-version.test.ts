import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { describeOldNode, OLDEST_NODE } from "../../../lib/cli/console/node-version.ts";
import { ROOT } from "../../examples/run-program.ts";
import { CLI_FILE } from "../cli-folder.ts";

describe("describeOldNode", () => {
  it("goes by the version that package.json wants", async () => {
    const { engines } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { engines: { node: string } };
    expect(engines.node).to.equal(`>=${OLDEST_NODE}`);
  });

  it("refuses what is older, and nothing else", () => {
    for (const version of ["v22.15.0", "v22.16.0", "v23.0.0", "v24.21.0", "v100.0.0", "v25.0.0-nightly"]) {
      expect(describeOldNode(version), version).to.equal(undefined);
    }
    for (const version of ["v22.14.9", "v22.9.0", "v20.20.2", "v18.0.0", "v9.11.2"]) {
      expect(describeOldNode(version), version).to.include(
        `needs Node 22.15 or newer, this is Node ${version.slice(1)} (`,
      );
    }
  });

  it("is asked before anything else is loaded", async () => {
    const old = `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from "node:module";
      Object.defineProperty(process, "version", { value: "v20.20.2" });
      registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
    `)}`;
    const child = spawn(process.execPath, ["--import", old, CLI_FILE, "--help"]);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    expect(stderr).to.match(
      /^error: tidemark needs Node 22\.15 or newer, this is Node 20\.20\.2 \(.*\)\nInstall a newer one/,
    );
    const loaded = stdout
      .trimEnd()
      .split("\n")
      .map((url) => url.replace(/.*\/dist\//, ""));
    expect(loaded).to.deep.equal(["cli/main.js", "cli/console/node-version.js"]);
    expect(code).to.equal(2);
  });
});
