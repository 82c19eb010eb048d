import { expect } from "chai";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findAppRows } from "../../../lib/engine/records/app-list.ts";
import { encodePath } from "../../../lib/state/stable-key.ts";
import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { useCliFolder } from "../cli-folder.ts";

/** An app with two files, a row and a state of a custom target. It says when its main function runs. */
const APP = `
  import { App, declareTargetState, defineTarget, fn, mountEach } from "tidemark";
  import { mountDirTarget } from "tidemark/localfs";
  import { mountTableTarget } from "tidemark/sqlite";

  const server = defineTarget("server", {
    reconcile: ({ desired, key }) => ({ action: { desired, key }, tracking: desired }),
    apply() {},
  });
  const page = fn({ memo: true }, function page(name, out, table) {
    out.declareFile(name + ".html", name);
    table.declareRow({ name });
    declareTargetState(server, name, 1);
  });
  export const app = new App("pages", fn(async function main() {
    console.error("main runs");
    const out = await mountDirTarget("out");
    const table = await mountTableTarget("pages.sqlite", { table: "pages", columns: { name: "text" }, primaryKey: "name" });
    await mountEach(page, ["a", "b"].map((name) => [name, name]), out, table);
  }));
`;

interface Report {
  readonly isSound: boolean;
  readonly numProblems: number;
  readonly problems: readonly { readonly kind: string; readonly subject: string; readonly remedy: string }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly act: string }[];
}

describe("tidemark doctor", () => {
  const folder = useCliFolder({ "app.ts": APP });
  const at = (path: string): string => join(folder.path, path);
  const check = async (...options: readonly string[]): Promise<{ code: number | null; report: Report }> => {
    const { code, stderr, stdout } = await folder.run("doctor", "app.ts", "--json", ...options);
    expect(stderr).to.equal("");
    expect(stdout.trim().split("\n")).to.have.length(1);
    return { code, report: JSON.parse(stdout) as Report };
  };
  const breakTree = async (): Promise<void> => {
    await using store = await LmdbStore.open(at(".tidemark"));
    const rows = findAppRows(store, "pages")!;
    const { path } = [...rows.children(0)].find(({ row }) => row.name === "page")!;
    await rows.write([rows.removeChild(0, path), rows.putPendingDeletion(999, pendingAt(path))]);
  };

  beforeEach(async () => {
    expect((await folder.run("update", "app.ts", "-q")).code).to.equal(0);
  });

  it("says what it has checked, finds no problems and does not run the app", async () => {
    const { code, stdout, stderr } = await folder.run("doctor", "app.ts");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(
      /^Checked app\.ts in \.tidemark: \d+ rows, 5 components, 8 target states, 0 memoized calls, 5 targets, 1 update\nNo problems found\n$/,
    );
  });

  it("compares target states with --targets, and counts those whose handler cannot tell", async () => {
    const { code, report } = await check("--targets");
    expect(code).to.equal(0);
    expect(report.counts).to.deep.include({ checkedTargets: 6, uncheckedTargets: 2 });
    await rm(at("out/a.html"));
    await writeFile(at("out/b.html"), "edited");
    const { code: failed, stdout } = await folder.run("doctor", "app.ts", "--targets");
    expect(failed).to.equal(1);
    const again = "to have it written again, run `tidemark doctor app.ts --targets --repair`, then update the app";
    expect(stdout).to.include(`problem: ${at("out/a.html")} is missing; ${again}\n`);
    expect(stdout).to.include(`problem: ${at("out/b.html")} was edited since Tidemark wrote it; ${again}\n`);
    expect(stdout).to.match(/\n2 problems found\n$/);
    expect((await check()).report.isSound, "without --targets").to.equal(true);
  });

  it("has missing and edited target states written again with --targets --repair", async () => {
    await rm(at("out/a.html"));
    await writeFile(at("out/b.html"), "edited");
    await rm(at("pages.sqlite"));
    const { code, report } = await check("--targets", "--repair", "-f");
    expect(code).to.equal(0);
    expect(report.steps.map(({ act }) => act)).to.deep.equal(Array.from({ length: 5 }, () => "marked"));
    expect((await folder.run("update", "app.ts", "-q")).code).to.equal(0);
    expect(readFileSync(at("out/a.html"), "utf8")).to.equal("a");
    expect(readFileSync(at("out/b.html"), "utf8")).to.equal("b");
    expect((await check("--targets")).report).to.deep.include({ isSound: true });
  });

  it("lists problems with a remedy each, repairs them, and finds none afterwards", async () => {
    await breakTree();
    const before = await check();
    expect(before.code).to.equal(1);
    expect(before.report.problems.map(({ kind }) => kind).toSorted()).to.deep.equal([
      "orphan-states",
      "stale-deletion",
    ]);
    expect(before.report.problems[0]!.remedy).to.equal("run `tidemark doctor app.ts --repair`");
    const { code, stdout } = await folder.run("doctor", "app.ts", "--repair", "-f");
    expect(code).to.equal(0);
    expect(stdout)
      .to.include(`Removed: ${at("out/a.html")}\n`)
      .and.include('Given up: /"server"/"a"\n');
    expect(stdout).to.match(/\nNo problems found\n$/);
    expect(existsSync(at("out/a.html"))).to.equal(false);
    expect((await folder.run("update", "app.ts", "-q")).code).to.equal(0);
    expect(readFileSync(at("out/a.html"), "utf8")).to.equal("a");
    expect((await check("--targets")).report.isSound).to.equal(true);
  });

  it("asks before a repair, and cannot without a terminal: nothing is changed", async () => {
    await breakTree();
    const { code, stderr } = await folder.run("doctor", "app.ts", "--repair");
    expect(code).to.equal(2);
    expect(stderr).to.include('Repair the records of app "pages", and forget target states that were given up?');
    expect((await check()).report.numProblems).to.equal(2);
    expect(existsSync(at("out/a.html"))).to.equal(true);
  });

  it("takes the name of an app and its store where the code is gone", async () => {
    await rm(at("app.ts"));
    const { code, stdout } = await folder.run("doctor", "pages", "--db", ".tidemark", "--targets");
    expect(code, stdout).to.equal(0);
    expect(stdout).to.include("Compared 6 target states with what is outside, 2 others cannot be compared\n");
    expect((await folder.run("doctor", "other", "--db", ".tidemark")).stderr).to.include("it has pages");
    expect((await folder.run("doctor", "pages", "--db", "nothing")).code).to.equal(2);
  });

  it("reports a store that cannot be opened, and leaves it as it is", async () => {
    await truncate(at(".tidemark/data.mdb"), 5000);
    const before = readdirSync(at(".tidemark"));
    for (const options of [[], ["--repair", "-f"]]) {
      const { code, report } = await check(...options);
      expect(code).to.equal(1);
      expect(report.problems.map(({ kind }) => kind)).to.deep.equal(["unreadable-store"]);
      expect(report.problems[0]!.remedy).to.include("restore .tidemark from a backup");
    }
    expect(readdirSync(at(".tidemark"))).to.deep.equal(before);
  });

  it("says so of an app that has not run yet, and makes no store", async () => {
    await rm(at(".tidemark"), { recursive: true });
    const { code, stderr } = await folder.run("doctor", "app.ts");
    expect({ code, stderr }).to.deep.equal({
      code: 0,
      stderr: 'App "pages" has not run yet: it has no state in .tidemark\n',
    });
    expect((await check()).report).to.deep.include({ isSound: true, numProblems: 0 });
    expect(existsSync(at(".tidemark"))).to.equal(false);
  });

  it("refuses unknown options and a missing APP", async () => {
    expect((await folder.run("doctor")).code).to.equal(2);
    expect((await folder.run("doctor", "app.ts", "--fix")).code).to.equal(2);
  });
});

function pendingAt(path: Uint8Array) {
  return { path, ancestors: [0], parentPath: encodePath([]) };
}
