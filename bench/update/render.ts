/** The work that both sides do on a file: cheap, so that what is measured is everything around it. */
export function render(text: string): string {
  return `<article>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</article>\n`;
}

/** Where the result of a file goes. */
export function outputPath(path: string): string {
  return path.replace(/\.md$/, ".html");
}
