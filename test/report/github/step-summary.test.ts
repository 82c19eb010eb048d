import { expect } from "chai";
import { renderMarkdown } from "../../../examples/docs-search/markdown.ts";
import { CountTable } from "../../../lib/report/github/count-table.ts";
import { renderStepSummary } from "../../../lib/report/github/step-summary.ts";
import { createCause, createStats } from "../views.ts";

describe("renderStepSummary", () => {
  it("has a row for each component function of each report, and a line for each cause", () => {
    const counts = new CountTable();
    counts.add("Docs", createStats({ doc: [1204, 1170, 12, 0, 3, 3] }));
    counts.add(null, createStats({ main: [1, 0, 1] }));
    expect(renderStepSummary({ app: "docs", counts, causes: [createCause("too small", 3)] })).to.equal(
      [
        "### docs",
        "",
        "| group | component | total | added | reprocessed | deleted | unchanged | errors |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| Docs | doc | 1,204 | 12 | 3 | 0 | 1,170 | 3 |",
        "|  | main | 1 | 1 | 0 | 0 | 0 | 0 |",
        "",
        String.raw`- 3 times too small \(first at /a\)`,
        "",
      ].join("\n"),
    );
  });

  it("lets nothing in a name become Markdown or HTML", () => {
    const odd = "a|b <img src=x onerror=alert(1)> [link](http://x) `code` **bold** @team\n# head";
    const counts = new CountTable();
    counts.add(odd, createStats({ [odd]: [1, 0, 1] }));
    const { html } = renderMarkdown(renderStepSummary({ app: odd, counts, causes: [createCause(odd)] }));
    expect(html).to.not.match(/<(?:img|code|strong|em|h1)\b|href=/);
    expect(html.match(/<td/g)).to.have.length(8);
  });

  it("stays below the size that GitHub accepts, however many groups there are and however long their titles, and sums up the rest", () => {
    const counts = new CountTable();
    const longest = "@".repeat(1000);
    for (let index = 0; index < 3000; index++) {
      counts.add(`${index}${longest}`, createStats({ [longest]: [1, 0, 1] }));
      counts.add(null, createStats({ [`${index}${longest}`]: [1, 0, 0, 0, 0, 1] }));
    }
    const causes = Array.from({ length: 200 }, () => createCause(longest));
    const summary = renderStepSummary({ app: longest, counts, causes });
    expect(Buffer.byteLength(summary)).to.be.lessThan(2 ** 20);
    const numRows = summary.match(/^\| (?:\d.*)? \| .* \|$/gm)!.length;
    expect(summary).to.include(
      `|  | *all others* | ${(6000 - numRows + 1).toLocaleString("en")} | 2,600 | 0 | 0 | 0 | 2,600 |`,
    );
    expect(summary).to.include("\n- 180 more\n");
  });
});
