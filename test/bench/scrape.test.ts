import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../../bench/program.ts";
import type { ScrapeFigures } from "../../bench/scrape/measure.ts";
import { createTempFolder } from "../temp-folder.ts";
import { parsePrometheusText } from "../telemetry/prometheus-text.ts";

interface SideFigures {
  readonly plain: ScrapeFigures;
  readonly gzip?: ScrapeFigures;
}

describe("bench/scrape", function () {
  this.timeout(60_000);

  it("has both sides serve the same series, about as many as asked for", async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, "metrics");
    const own = await runProgram<SideFigures>("./scrape/tidemark.ts", ["500", "2", file]);
    const other = await runProgram<SideFigures>("./scrape/prom-client.ts", [file, "2"]);
    expect(own.plain.series).to.be.within(500, 650);
    expect(other.plain.series).to.equal(own.plain.series);
    expect(parsePrometheusText(await readFile(file, "utf8"))).to.have.length(own.plain.series);
    expect(own.gzip!.bytes).to.be.lessThan(own.plain.bytes);
  });
});
