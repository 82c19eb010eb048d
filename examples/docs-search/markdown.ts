import MarkdownIt, { type Token } from "markdown-it";
import { fn } from "tidemark";
import { splitLines, type Section } from "./section.ts";

// Most of the Markdown is somebody else's: its raw HTML is shown as text.
const OPTIONS = { html: false };

const STYLE = "body{max-width:50rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui}pre{overflow:auto}";

const markdown = new MarkdownIt(OPTIONS);
const normalizeLink = markdown.normalizeLink.bind(markdown);
markdown.normalizeLink = (url) => normalizeLink(linkToPage(url));

/** Markdown as an HTML page and as the sections to search in. */
export interface RenderedMarkdown {
  readonly html: string;
  readonly sections: readonly Section[];
}

/**
 * Renders Markdown. Because it is made by `fn`, an edit of it renders every page anew, and `deps` says the same of what it names.
 * The plain functions below are not followed: after an edit there, run with `--full-reprocess`.
 */
export const renderMarkdown = fn({ deps: [OPTIONS, STYLE] }, function renderMarkdown(text: string): RenderedMarkdown {
  const tokens = markdown.parse(text, {});
  const headings = findHeadings(tokens);
  const body = markdown.renderer.render(tokens, markdown.options, {});
  const title = markdown.utils.escapeHtml(headings[0]?.text ?? "");
  return {
    html: `<!doctype html>\n<meta charset="utf-8">\n<title>${title}</title>\n<style>${STYLE}</style>\n${body}`,
    sections: splitAtHeadings(splitLines(text), headings),
  };
});

interface Heading {
  readonly text: string;
  /** 1 to 6. */
  readonly level: number;
  /** The number of its line, from 0. */
  readonly at: number;
}

/** The headings outside lists and quotations; each gets the id that links to it use. */
function findHeadings(tokens: readonly Token[]): Heading[] {
  const headings: Heading[] = [];
  const ids = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (token.type !== "heading_open" || token.level > 0 || token.map === null) continue;
    const text = plainText(tokens[index + 1]);
    token.attrSet("id", uniqueId(text, ids));
    headings.push({ text, level: Number(token.tag.slice(1)), at: token.map[0] });
  }
  return headings;
}

/** The text of a heading without its markup. */
function plainText(inline: Token | undefined): string {
  const parts = inline?.children?.filter(({ type }) => type === "text" || type === "code_inline") ?? [];
  return parts.map(({ content }) => content).join("");
}

/** The id that GitHub gives to a heading. */
function uniqueId(heading: string, taken: Set<string>): string {
  const base = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
  let id = base;
  for (let number = 1; taken.has(id); number++) id = `${base}-${number}`;
  taken.add(id);
  return id;
}

function splitAtHeadings(lines: readonly string[], headings: readonly Heading[]): Section[] {
  const preamble = lines.slice(0, headings[0]?.at).join("\n").trim();
  const sections: Section[] = preamble === "" ? [] : [{ title: "", line: 1, text: preamble }];
  const trail: string[] = [];
  for (const [index, { text, level, at }] of headings.entries()) {
    trail.splice(level - 1, Infinity, text);
    const end = headings[index + 1]?.at;
    sections.push({ title: trail.join(" › "), line: at + 1, text: lines.slice(at, end).join("\n").trim() });
  }
  return sections;
}

/** A relative link to a Markdown file leads to the page made of it. */
function linkToPage(url: string): string {
  return /^[a-z][a-z\d+.-]*:/i.test(url) ? url : url.replace(/\.md(?=$|#)/i, ".html");
}
