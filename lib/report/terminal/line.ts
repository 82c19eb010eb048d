import { truncateToWidth } from "../../text/width.ts";

/** What a line tells; a terminal with colours shows it in one. */
export type Tone = "title" | "done" | "failed" | "running" | "waiting" | "stalled" | "quiet" | "plain";

/** One line of a report: text of one line without control characters, and what it tells. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** A format of `styleText` in `node:util`. */
type Format = "bold" | "green" | "red" | "cyan" | "yellow" | "dim";

/** Puts text into a format, or leaves it as it is where there are no colours. */
export type Paint = (format: Format, text: string) => string;

/** Cuts a line to at most `width` columns. */
export function cutLine(line: Line, width: number): Line {
  const text = truncateToWidth(line.text, width);
  return text === line.text ? line : { ...line, text };
}

/** The line as it is printed. Of a component's line, only the mark is coloured: one UTF-16 code unit. */
export function paintLine({ text, tone }: Line, paint: Paint): string {
  if (text === "" || tone === "plain") return text;
  const { format, isWhole } = LOOKS[tone];
  return isWhole ? paint(format, text) : paint(format, text.slice(0, 1)) + text.slice(1);
}

const LOOKS: Readonly<Record<Exclude<Tone, "plain">, { readonly format: Format; readonly isWhole: boolean }>> = {
  title: { format: "bold", isWhole: true },
  quiet: { format: "dim", isWhole: true },
  stalled: { format: "yellow", isWhole: true },
  done: { format: "green", isWhole: false },
  failed: { format: "red", isWhole: false },
  running: { format: "cyan", isWhole: false },
  waiting: { format: "dim", isWhole: false },
};
