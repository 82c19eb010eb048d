import { expect } from "chai";
import { renderMarkdown } from "../../../examples/docs-search/markdown.ts";
import { renderStepSummary } from "../../../lib/report/github/step-summary.ts";
import { createCause, createStats } from "../views.ts";

describe("renderStepSummary", () => {
  it("has a row for each component function of each report, and a line for each cause", () => {
    const reports = [
      { title: "Docs", stats: createStats({ doc: [1204, 1170, 12, 0, 3, 3] }) },
      { title: null, stats: createStats({ main: [1, 0, 1] }) },
      { title: "Never started", stats: null },
    ];
    expect(renderStepSummary({ app: "docs", reports, causes: [createCause("too small", 3)] })).to.equal(
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
    const reports = [{ title: odd, stats: createStats({ [odd]: [1, 0, 1] }) }];
    const { html } = renderMarkdown(renderStepSummary({ app: odd, reports, causes: [createCause(odd)] }));
    expect(html).to.not.match(/<(?:img|code|strong|em|h1)\b|href=/);
    expect(html.match(/<td/g)).to.have.length(8);
  });
});
