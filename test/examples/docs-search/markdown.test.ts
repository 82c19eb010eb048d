import { expect } from "chai";
import { renderMarkdown } from "../../../examples/docs-search/markdown.ts";

describe("renderMarkdown", () => {
  it("splits at headings, each section with its trail and first line", () => {
    const { sections } = renderMarkdown("Before.\r\n\r\n# A\r\n\r\ntext\r\n\r\n### B\r\n\r\n## C\r\n");
    expect(sections).to.deep.equal([
      { title: "", line: 1, text: "Before." },
      { title: "A", line: 3, text: "# A\n\ntext" },
      { title: "A › B", line: 7, text: "### B" },
      { title: "A › C", line: 9, text: "## C" },
    ]);
  });

  it("takes no heading from code, quotations or lists", () => {
    const { sections } = renderMarkdown("# A\n\n```sh\n# comment\n```\n\n> # quoted\n\n- # item\n");
    expect(sections.map(({ title }) => title)).to.deep.equal(["A"]);
  });

  it("takes the text of a heading without its markup", () => {
    const { html, sections } = renderMarkdown("# The [*home* page](https://example.com) of `fn()`\n");
    expect(sections[0]?.title).to.equal("The home page of fn()");
    expect(html).to.include("<title>The home page of fn()</title>");
  });

  it("gives headings the ids that links to them use, each its own", () => {
    const { html } = renderMarkdown("# Don't panic: `fn`!\n\n## Twice\n\n## Twice\n");
    expect(html.match(/<h\d id="[^"]*"/g)).to.deep.equal([
      '<h1 id="dont-panic-fn"',
      '<h2 id="twice"',
      '<h2 id="twice-1"',
    ]);
  });

  it("links to pages where the source links to Markdown, and leaves other links alone", () => {
    const { html } = renderMarkdown("[a](docs/a.md) [b](b.md#part) [c](https://example.com/c.md) [d](d.mdx)");
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
    expect(links).to.deep.equal(["docs/a.html", "b.html#part", "https://example.com/c.md", "d.mdx"]);
  });

  it("shows raw HTML and scripts as text", () => {
    const { html } = renderMarkdown("# <b>x</b>\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))");
    expect(html).to.include("<title>&lt;b&gt;x&lt;/b&gt;</title>");
    expect(html).not.to.match(/<script|href="javascript/);
  });
});
