import { expect } from "chai";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderMarkdown } from "../../examples/docs-search/markdown.ts";
import { ROOT } from "../examples/run-program.ts";
import { readPages } from "./pages.ts";

describe("the links in README.md and docs", () => {
  it("lead to files and headings that are there", async () => {
    const pages = await readPages();
    const broken: string[] = [];
    for (const { path, text } of pages) {
      const prose = text.replace(/^```.*?^```|`[^`\n]*`/gms, "");
      for (const [, link = ""] of prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? path : join(dirname(path), file);
        const page = pages.find((other) => other.path === target);
        const hasAnchor = anchor === undefined || (page && renderMarkdown(page.text).html.includes(`id="${anchor}"`));
        if (!existsSync(join(ROOT, target)) || !hasAnchor) broken.push(`${path}: ${link}`);
      }
    }
    expect(broken).to.deep.equal([]);
  });
});
