import { expect } from "chai";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateOf } from "../../lib/app/environment.ts";
import {
  mountDirTarget,
  walkDir,
  type DirTarget,
  type DirTargetOptions,
  type File,
} from "../../lib/connectors/localfs/index.ts";
import { App, fn, mountEach, type UpdateStats } from "../../lib/index.ts";
import type { Notice } from "../../lib/progress/notices.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";

const copy = fn({ memo: true }, async function copy(file: File, out: DirTarget) {
  out.declareFile(file.path, await file.text());
});

const main = fn(async function main(from: string, to: string, options: DirTargetOptions) {
  const out = await mountDirTarget(to, options);
  await mountEach(copy, walkDir(from).items(), out);
});

/** A pipeline that copies the folder `in` to `out`, on a machine that can be restarted. */
class Site implements AsyncDisposable {
  readonly notices: Notice[] = [];
  readonly #temp: Awaited<ReturnType<typeof createTempFolder>>;
  readonly #own: TestEnvironment;
  readonly #app: App<[string, string, DirTargetOptions], Promise<void>>;
  #boot = 1;

  constructor(temp: Awaited<ReturnType<typeof createTempFolder>>, own: TestEnvironment, options: DirTargetOptions) {
    this.#temp = temp;
    this.#own = own;
    this.#app = new App(
      { name: "site", environment: own.environment },
      main,
      this.path("in"),
      this.path("out"),
      options,
    );
    const state = stateOf(own.environment);
    state.readBootId = async () => `boot ${this.#boot}`;
    state.noticeLog = (notice) => void this.notices.push(notice);
    mkdirSync(this.path("in"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own[Symbol.asyncDispose]();
    await this.#temp[Symbol.asyncDispose]();
  }

  path(name: string): string {
    return join(this.#temp.path, name);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) writeFileSync(this.path(`in/${name}`), content);
  }

  read(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      readdirSync(this.path("out")).map((name) => [name, readFileSync(this.path(`out/${name}`), "utf8")]),
    );
  }

  restart(): void {
    this.#boot++;
  }

  async update(): Promise<UpdateStats["total"]> {
    const handle = this.#app.update();
    await handle;
    return handle.stats()!.total;
  }
}

async function createSite(options: DirTargetOptions = {}): Promise<Site> {
  return new Site(await createTempFolder(), await createTestEnvironment(), options);
}

describe("The first update after the machine was restarted", () => {
  it("writes again what is missing, empty, cut or of another size, and says so", async () => {
    await using site = await createSite();
    site.write({ a: "one", b: "two", c: "three", d: "four" });
    await site.update();
    site.restart();
    rmSync(site.path("out/a"));
    writeFileSync(site.path("out/b"), "");
    writeFileSync(site.path("out/c"), "th");
    expect((await site.update()).numReprocesses).to.be.greaterThanOrEqual(3);
    expect(site.read()).to.deep.equal({ a: "one", b: "two", c: "three", d: "four" });
    expect(site.notices.map(({ code }) => code)).to.deep.equal(["WRITES_LOST"]);
    expect(site.notices[0]!.message).to.include("3 target states").and.to.include(site.path("out/a"));
  });
});
