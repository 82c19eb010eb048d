import { expect } from "chai";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../lib/app/project-root.ts";
import { mountDirTarget } from "../../lib/connectors/localfs/index.ts";
import { App, Environment } from "../../lib/index.ts";
import { filesBelow } from "../connectors/project-folder.ts";
import { createTempFolder } from "../temp-folder.ts";

/** A package in the folder `pkg` of a temp folder, with a working directory deep in it. */
async function createSubject() {
  const temp = await createTempFolder();
  const at = (name: string): string => join(temp.path, name);
  const workingDirectory = at("pkg/src/deep");
  mkdirSync(workingDirectory, { recursive: true });
  writeFileSync(at("pkg/package.json"), "{}");
  const find = (dbPath: string, root?: string): string => projectRoot({ dbPath, root, workingDirectory });
  return { at, find, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

describe("projectRoot", () => {
  it("is the folder that holds .tidemark, also one that does not exist yet", async () => {
    await using subject = await createSubject();
    const { at, find } = subject;
    expect(find(".tidemark")).to.equal(at("pkg/src/deep"));
    expect(find("../../.tidemark/")).to.equal(at("pkg"));
    expect(find(at("later/.tidemark"))).to.equal(at("later"));
  });

  it("is the folder that holds a link called .tidemark, wherever the store is", async () => {
    await using subject = await createSubject();
    const { at, find } = subject;
    mkdirSync(at("stores/one"), { recursive: true });
    symlinkSync(at("stores/one"), at("pkg/.tidemark"));
    expect(find("../../.tidemark")).to.equal(at("pkg"));
  });

  it("is the folder of the nearest package.json for a store elsewhere, else the working directory", async () => {
    await using subject = await createSubject();
    const { at, find } = subject;
    expect(find(at("stores/one"))).to.equal(at("pkg"));
    expect(find("state")).to.equal(at("pkg"));
    expect(projectRoot({ dbPath: "x", root: undefined, workingDirectory: "/" })).to.equal("/");
  });

  it("is the folder that was set: absolute, without links and without a slash at its end", async () => {
    await using subject = await createSubject();
    const { at, find } = subject;
    symlinkSync(at("pkg"), at("link"));
    for (const root of [at("pkg"), `${at("pkg")}/`, at("link"), "../..", "../../", at("pkg/src/..")]) {
      expect(find(at("stores/one"), root), root).to.equal(at("pkg"));
    }
    expect(find(".tidemark", "/")).to.equal("/");
  });

  it("refuses a folder that does not exist and a file", async () => {
    await using subject = await createSubject();
    const { at, find } = subject;
    const start = "Cannot make an environment: `root` must be the path of an existing folder, got";
    expect(() => find(".tidemark", "gone")).to.throw(
      RangeError,
      `${start} "gone"; ${at("pkg/src/deep/gone")} does not`,
    );
    const file = at("pkg/package.json");
    expect(() => find(".tidemark", file)).to.throw(RangeError, `${file} is not a folder`);
  });
});

describe("the root of an environment", () => {
  const record = async (options: { readonly dbPath: string; readonly root?: string }, out: string) => {
    await using environment = new Environment(options);
    await new App({ name: "app", environment }, async function main() {
      (await mountDirTarget(out)).declareFile("a", "");
    }).update();
    const paths: string[] = [];
    for await (const { path } of environment.components("app")) paths.push(path);
    return { root: environment.root, mounted: paths.filter((path) => path.includes("mountTarget")) };
  };
  const mountedAt = (place: string): string[] => [
    `/@"tidemark/mountTarget"/["tidemark/localfs/directory", ${JSON.stringify(place)}]`,
  ];

  it("makes places below it relative, with the store inside or outside, and others absolute", async () => {
    await using temp = await createTempFolder();
    const at = (name: string): string => join(temp.path, name);
    mkdirSync(at("p"));
    const inside = { dbPath: at("p/.tidemark") };
    expect(await record(inside, at("p/out"))).to.deep.equal({ root: at("p"), mounted: mountedAt("out") });
    const outside = { dbPath: at("store"), root: at("p") };
    expect(await record(outside, at("p/out"))).to.deep.equal({ root: at("p"), mounted: mountedAt("out") });
    expect((await record(outside, at("elsewhere"))).mounted).to.deep.equal(mountedAt(at("elsewhere")));
    const all = { dbPath: at("third"), root: "/" };
    expect((await record(all, at("p/all"))).mounted).to.deep.equal(mountedAt(at("p/all").slice(1)));
    expect([filesBelow(at("elsewhere")), filesBelow(at("p/all"))]).to.deep.equal([["a"], ["a"]]);
  });

  it("may be the folder of a target itself", async () => {
    await using temp = await createTempFolder();
    expect((await record({ dbPath: join(temp.path, ".tidemark") }, temp.path)).mounted).to.deep.equal(mountedAt("."));
    expect(filesBelow(temp.path)).to.include("a");
  });

  it("is found for the store that TIDEMARK_DB names", async () => {
    await using temp = await createTempFolder();
    const before = process.env["TIDEMARK_DB"];
    try {
      process.env["TIDEMARK_DB"] = join(temp.path, ".tidemark");
      expect(new Environment().root).to.equal(temp.path);
      process.env["TIDEMARK_DB"] = join(temp.path, "store");
      expect(new Environment().root).to.equal(process.cwd());
    } finally {
      if (before === undefined) delete process.env["TIDEMARK_DB"];
      else process.env["TIDEMARK_DB"] = before;
    }
  });

  it("is resolved when the environment is made", async () => {
    await using temp = await createTempFolder();
    mkdirSync(join(temp.path, "p"));
    const before = process.cwd();
    let environment: Environment;
    try {
      process.chdir(temp.path);
      environment = new Environment({ dbPath: "p/.tidemark", root: "p" });
    } finally {
      process.chdir(before);
    }
    expect(environment.root).to.equal(join(temp.path, "p"));
  });
});
