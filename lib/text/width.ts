import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The number of columns that `text` takes on a terminal. */
export function measureWidth(text: string): number {
  return stringWidth(text);
}

/** What a reader takes for one character each; escape sequences are left out. */
export function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) yield segment;
}

/** Shortens `text` to at most `width` columns, never inside a grapheme; what was cut shows as "…". */
export function truncateToWidth(text: string, width: number): string {
  // A UTF-16 code unit is never wider than two columns.
  if (text.length * 2 <= width || measureWidth(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let used = 0;
  for (const grapheme of graphemesOf(text)) {
    const next = used + measureWidth(grapheme);
    if (next > width - 1) break;
    kept += grapheme;
    used = next;
  }
  return `${kept}…`;
}
