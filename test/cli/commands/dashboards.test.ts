import { expect } from "chai";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { ALERTS } from "../../../grafana/src/alerts.ts";
import { SHIPPED_FILES } from "../../../lib/dashboards/shipped-files.ts";
import { ROOT } from "../../examples/run-program.ts";
import { requireProgram } from "../../require-program.ts";
import { runCommand } from "../../run-command.ts";
import { useCliFolder } from "../cli-folder.ts";

const PATHS = SHIPPED_FILES.map(({ path }) => path);

describe("tidemark dashboards", () => {
  const folder = useCliFolder();

  it("writes every file, as it is in this checkout", async () => {
    const { code, stderr, stdout } = await folder.run("dashboards", "--out", "deep/down");
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout).to.include(`Wrote ${PATHS.length} files to deep/down:\n`);
    expect(await listFiles(join(folder.path, "deep/down"))).to.deep.equal(PATHS.toSorted());
    for (const { path, source } of SHIPPED_FILES) {
      expect(stdout).to.include(`  ${path}\n`);
      const written = await readFile(join(folder.path, "deep/down", path), "utf8");
      expect(written, path).to.equal(await readFile(join(ROOT, source), "utf8"));
    }
  });

  it("writes to monitoring where it is not told where, and nothing the second time", async () => {
    await folder.run("dashboards");
    const before = await stat(join(folder.path, "monitoring/prometheus.yml"));
    const { code, stdout } = await folder.run("dashboards");
    expect([code, stdout]).to.deep.equal([0, "Nothing to write: monitoring has all files as they are\n"]);
    expect((await stat(join(folder.path, "monitoring/prometheus.yml"))).mtimeMs).to.equal(before.mtimeMs);
  });

  it("writes missing files beside unchanged ones", async () => {
    await folder.run("dashboards");
    await folder.write("monitoring/notes.txt", "mine");
    await folder.write("other/prometheus.yml", await readFile(join(ROOT, "prometheus.yml"), "utf8"));
    const { code, stdout } = await folder.run("dashboards", "--out", "other");
    expect([code, stdout.split("\n")[0]]).to.deep.equal([0, `Wrote ${PATHS.length - 1} files to other:`]);
    expect(await readFile(join(folder.path, "monitoring/notes.txt"), "utf8")).to.equal("mine");
  });

  it("refuses to overwrite a file with other content, names it, and writes nothing", async () => {
    await folder.write("monitoring/prometheus.yml", "mine\n");
    const { code, stderr, stdout } = await folder.run("dashboards");
    expect([code, stdout]).to.deep.equal([2, ""]);
    expect(stderr).to.equal(
      "error: Cannot write the files to monitoring: these are there with other content; use -f to overwrite them\n" +
        "  prometheus.yml\n",
    );
    expect(await listFiles(join(folder.path, "monitoring"))).to.deep.equal(["prometheus.yml"]);
    expect(await readFile(join(folder.path, "monitoring/prometheus.yml"), "utf8")).to.equal("mine\n");
  });

  it("overwrites with -f, and names the files", async () => {
    await folder.write("monitoring/prometheus.yml", "mine\n");
    const { code, stdout } = await folder.run("dashboards", "-f");
    expect(code).to.equal(0);
    expect(stdout).to.include("  prometheus.yml (overwritten)\n").and.include("  docker-compose.yml\n");
    const written = await readFile(join(folder.path, "monitoring/prometheus.yml"), "utf8");
    expect(written).to.equal(await readFile(join(ROOT, "prometheus.yml"), "utf8"));
  });

  it("says in a line when the folder is a file, or has a folder where a file belongs, or is not named", async () => {
    await writeFile(join(folder.path, "taken"), "");
    await mkdir(join(folder.path, "odd/prometheus.yml"), { recursive: true });
    for (const out of ["taken", "odd"]) {
      const { code, stderr } = await folder.run("dashboards", "--out", out);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.match(new RegExp(`^error: Cannot write the files to ${out}: .*\\n$`));
    }
    const { code, stderr } = await folder.run("dashboards", "--out", "");
    expect([code, stderr]).to.deep.equal([
      2,
      "error: Cannot write the files: `--out` must name a folder, got an empty text\n",
    ]);
  });

  it("has alerts lead to the runbooks where --runbooks says they are", async () => {
    for (const [runbooks, base] of [
      ["https://wiki.example.com/a page?name=it's&x=$&", "https://wiki.example.com/a%20page?name=it%27s&x=$&"],
      ["http://wiki:8080", "http://wiki:8080/"],
    ] as const) {
      const { code, stderr } = await folder.run("dashboards", "-f", "--runbooks", runbooks);
      expect([code, stderr]).to.deep.equal([0, ""]);
      const { groups } = parse(
        await readFile(join(folder.path, "monitoring/grafana/rules/tidemark.rules.yml"), "utf8"),
      ) as { groups: { rules: { annotations?: { runbook_url: string } }[] }[] };
      const links = groups.flatMap(({ rules }) => rules).flatMap(({ annotations }) => annotations?.runbook_url ?? []);
      expect(links).to.deep.equal(ALERTS.map(({ alert }) => `${base}#${alert.toLowerCase()}`));
    }
  });

  it("refuses --runbooks that is no address of a page", async () => {
    for (const runbooks of ["", "runbooks.md", "file:///etc/runbooks.md", "https://wiki.example.com/a#b"]) {
      const { code, stderr } = await folder.run("dashboards", "--runbooks", runbooks);
      expect([code, stderr]).to.deep.equal([
        2,
        `error: Cannot write the files: \`--runbooks\` must be the http or https address of a page, without "#", got "${runbooks}"\n`,
      ]);
    }
  });

  it("writes files that Prometheus accepts", async function () {
    requireProgram(this, "promtool");
    await folder.run("dashboards", "--out", "out");
    const config = await runCommand("promtool", ["check", "config", "prometheus.yml"], join(folder.path, "out"));
    expect(config.code, config.output).to.equal(0);
    expect(config.output)
      .to.include("1 rule files found")
      .and.match(/SUCCESS: \d+ rules found/);
  });
});

async function listFiles(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(path.length + 1)
        .replaceAll("\\", "/"),
    )
    .toSorted();
}
