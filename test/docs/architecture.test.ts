import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { LAYERS } from "../../.ci/layers.ts";
import { ROOT } from "../examples/run-program.ts";

const text = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");

describe("ARCHITECTURE.md", () => {
  it("names only files that exist", async () => {
    const files = (await Promise.all(["lib", "test", ".ci", "grafana"].map(filesIn))).flat();
    const names = [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name]) => name!);
    expect(names).to.have.length.greaterThan(50);
    expect(names.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).to.deep.equal([]);
  });

  it("draws every folder of the layer table", () => {
    const drawing = text.slice(text.indexOf("## Folders"), text.indexOf("## Walks"));
    const folders = Object.keys(LAYERS)
      .filter((part) => !part.endsWith(".ts"))
      .map((part) => part.split("/").at(-1)!);
    expect(folders.filter((folder) => !new RegExp(`\\b${folder}\\b`).test(drawing))).to.deep.equal([]);
  });
});

async function filesIn(folder: string): Promise<string[]> {
  const paths = await readdir(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return paths.map((path) => `/${folder}/${path.replaceAll("\\", "/")}`);
}
