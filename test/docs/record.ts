// Writes what `npm start` shows into README.md, between the marks: two frames on the way and the end of a real first run, in tmux.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ROOT } from "../examples/run-program.ts";
import { createTempFolder } from "../temp-folder.ts";
import { TmuxTerminal } from "../tmux.ts";

const README = join(ROOT, "README.md");
const BEGIN = "<!-- recording: written by npm run record -->";
const END = "<!-- recording: end -->";
const LOOK_MS = 50;
const LONGEST_MS = 300_000;

/** The frames of a first run of the example, each as its lines; the last is what stays. */
async function record(): Promise<string[][]> {
  await using folder = await createTempFolder();
  const env = { DOCS_SEARCH_OUT: join(folder.path, "out"), TIDEMARK_DB: join(folder.path, "state") };
  await using terminal = await TmuxTerminal.open("npm start", { folder: ROOT, columns: 100, rows: 30, env });
  const frames: string[][] = [];
  for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += LOOK_MS) {
    const lines = await terminal.lines();
    frames.push(takeReports(lines));
    if (lines.some((line) => line.startsWith("ENDED"))) return frames;
    await setTimeout(LOOK_MS);
  }
  throw new Error("npm start has not ended");
}

/** The lines from the first report to the end of the last one. */
function takeReports(lines: readonly string[]): string[] {
  const start = lines.findIndex((line) => line.startsWith("[Stats"));
  const end = lines.findLastIndex((line) => line.startsWith("Elapsed"));
  return start === -1 ? [] : lines.slice(start, end + 1);
}

/** The one in the middle of the frames in which a report is under way. */
function chooseFrame(frames: readonly string[][], title: string): string[] {
  const isUnderWay = (lines: readonly string[]): boolean =>
    /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /.test(lines[lines.indexOf(title) + 1] ?? "");
  const found = frames.filter((lines) => lines.includes(title) && isUnderWay(lines));
  const frame = found[Math.floor(found.length / 2)];
  if (frame === undefined) throw new Error(`No frame shows ${title} under way`);
  return frame;
}

const frames = await record();
const shown = [chooseFrame(frames, "[Stats: Indexing docs]"), chooseFrame(frames, "[Stats: Indexing code]")];
const blocks = [...shown, frames.at(-1)!].map((lines) => `\`\`\`text\n${lines.join("\n")}\n\`\`\``);
const [first, second, last] = blocks;
const text = `${BEGIN}\n\n${first}\n\nA little later:\n\n${second}\n\nAnd in the end:\n\n${last}\n\n${END}`;
const readme = readFileSync(README, "utf8");
const [before, rest] = readme.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`README.md has no ${BEGIN} … ${END}`);
writeFileSync(README, before + text + after);
