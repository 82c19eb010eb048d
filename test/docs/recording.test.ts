import { expect } from "chai";
import { renderBlock } from "../../lib/report/terminal/block.ts";
import { createStats, createView } from "../report/views.ts";
import { readPages } from "./pages.ts";

const RECORDING = /<!-- recording: written by npm run record -->(.*)<!-- recording: end -->/s;
const TITLE = /^\[Stats(?:: (.*))?\]$/;
const ROW = /^. (.+): ([\d,]+) total(?:, [\d,]+ in-flight)?(?:, ([\d,]+) queued)?(?: \| (.*))?$/;
const TIME =
  /^Elapsed (?:(\d+) min )?([\d.]+) s(?: \| (?:([\d,]+) done, at least ([\d,]+) found, still listing|(\d+) % of ([\d,]+)))?/;
const OUTCOMES = ["unchanged", "added", "deleted", "reprocessed", "error"];

const toNumber = (text = "0"): number => Number(text.replaceAll(",", ""));

/** Renders a recorded block again, from the numbers that it shows. */
function renderAgain(lines: readonly string[], isFinal: boolean): string[] {
  const rows = lines.slice(1, -1).filter((line) => !line.includes(" All components: "));
  const components = rows.map((line): [string, number[]] => {
    const [, name = "", total, , outcomes = ""] = ROW.exec(line) ?? [];
    const count = (word: string): number => toNumber(new RegExp(`([\\d,]+) ${word}`).exec(outcomes)?.[1]);
    return [name, [toNumber(total), ...OUTCOMES.map(count)]];
  });
  const [, minutes, seconds, done, found, percent, all] = TIME.exec(lines.at(-1)!) ?? [];
  // A little more than what was rounded down.
  const elapsedMs = toNumber(minutes) * 60_000 + Number(seconds) * 1000 + 0.01;
  const remaining =
    (found ?? all) === undefined
      ? null
      : {
          numDone: toNumber(done),
          numFound: toNumber(found ?? all),
          percent: percent ? Number(percent) : null,
          timeMs: null,
        };
  const title = TITLE.exec(lines[0]!)?.[1] ?? null;
  const stats = createStats(Object.fromEntries(components));
  const view = createView({ title, stats, elapsedMs, isFinal, remaining, isListing: found !== undefined });
  return renderBlock(view, { isAnimated: true }).map(({ text }) => text);
}

/** The frame of the spinner says when in a second it was drawn, which the time does not. */
const withoutSpinner = (line: string): string => line.replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/, "⠋").replace(/ \| [^|]* left$/, "");

describe("the recording in README.md", () => {
  it("has the present format: each block is what its numbers are shown as", async () => {
    const [readme] = await readPages();
    const recording = RECORDING.exec(readme!.text)?.[1] ?? "";
    const blocks = [...recording.matchAll(/^```text\n(.*?)\n```$/gms)].flatMap(([, frame = ""]) => frame.split("\n\n"));
    expect(blocks.length).to.be.at.least(7);
    for (const block of blocks) {
      const lines = block.split("\n");
      const isFinal = !/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/m.test(block);
      expect(renderAgain(lines, isFinal).map(withoutSpinner)).to.deep.equal(lines.map(withoutSpinner));
    }
  });
});
