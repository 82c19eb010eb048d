import MarkdownIt from "markdown-it";

const STYLE = "body{max-width:50rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui}";

const markdown = new MarkdownIt();

/** Renders the runbooks as the page that alerts lead to; each chapter has the name of its alert, in small letters, for an id. */
export function renderRunbooks(text: string): string {
  const tokens = markdown.parse(text, {});
  for (const [index, token] of tokens.entries()) {
    if (token.type === "heading_open") token.attrSet("id", tokens[index + 1]!.content.toLowerCase());
  }
  const body = markdown.renderer.render(tokens, markdown.options, {});
  const head = `<meta charset="utf-8">\n<title>Tidemark: runbooks</title>\n<style>${STYLE}</style>`;
  return `<!doctype html>\n<!-- Generated from docs/runbooks.md by \`npm run dashboards\`. -->\n${head}\n${body}`;
}
