import { expect } from "chai";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { goldenFingerprints } from "./golden-values.ts";

const GOLDEN = JSON.parse(readFileSync(new URL("golden-fingerprints.json", import.meta.url), "utf8")) as Readonly<
  Record<string, string>
>;

const SCRIPT = fileURLToPath(new URL("fingerprint-process.ts", import.meta.url));

/** Executables of other versions of Node, if the caller has any: `TIDEMARK_TEST_NODES=/path/to/node22:/path/to/node26`. */
const OTHER_NODES = (process.env["TIDEMARK_TEST_NODES"] ?? "").split(delimiter).filter((path) => path !== "");

describe("Stored fingerprints", () => {
  it("are the ones that every version of Node has to give", () => {
    expect(goldenFingerprints()).to.deep.equal(GOLDEN);
  });

  for (const node of [process.execPath, ...OTHER_NODES]) {
    it(`are the same in another process: ${node === process.execPath ? "this Node" : node}`, async () => {
      const flags = ["--hash-seed=4711", "--random-seed=4711", "--disable-warning=ExperimentalWarning"];
      const { stdout } = await promisify(execFile)(node, [...flags, SCRIPT]);
      expect(JSON.parse(stdout)).to.deep.equal(GOLDEN);
    });
  }
});
