import { expect } from "chai";
import { array, assert, constantFrom, integer, property, record, string } from "fast-check";
import { renderFrame } from "../../../lib/report/terminal/frame.ts";
import type { ReportView } from "../../../lib/report/terminal/report-view.ts";
import { measureWidth } from "../../../lib/text/width.ts";
import { createCause, createStats, createView } from "../views.ts";

const RUNNING = [5, 0, 3, 0, 0, 0];
const DONE = [5, 0, 5, 0, 0, 0];
const FAILED = [5, 0, 4, 0, 0, 1];

function render(views: readonly ReportView[], width = 80, height = 24): string[] {
  return renderFrame(views, { width, height, isAnimated: true }).map(({ text }) => text);
}

function createGroup(title: string, counts: readonly number[], changes: Partial<ReportView> = {}): ReportView {
  return createView({ title, stats: createStats({ doc: counts }), elapsedMs: 1000, ...changes });
}

/** `count` groups: one failed, one stalled, then running, waiting and done ones in turn. */
function createGroups(count: number): ReportView[] {
  const stall = { component: "doc", path: "/x", ageMs: 20_000, quietMs: 20_000 };
  return Array.from({ length: count }, (_, index) => {
    const title = `Group ${index}`;
    if (index === count - 1) return createGroup(title, FAILED);
    if (index === count - 2) return createGroup(title, RUNNING, { stall });
    if (index % 3 === 0) return createGroup(title, DONE, { isFinal: true });
    return index % 3 === 1 ? createGroup(title, RUNNING) : createView({ title, elapsedMs: 1000 });
  });
}

describe("renderFrame", () => {
  it("shows a block for each report, apart from each other, while there is room", () => {
    const views = [createGroup("Docs", RUNNING), createView({ stats: createStats({ main: [1] }), elapsedMs: 2000 })];
    expect(render(views)).to.deep.equal([
      "[Stats: Docs]",
      "⠋ doc: 5 total, 2 in-flight | 3 added",
      "Elapsed 1.0 s",
      "",
      "[Stats]",
      "⠋ main: 1 total, 1 in-flight",
      "Elapsed 2.0 s",
    ]);
    expect(render(views, 80, 6)).to.deep.equal(render(views).filter((line) => line !== ""));
  });

  it("gives a line each to reports that there is no room for, and the rest of the room to those that matter most", () => {
    const views = [
      createGroup("Done", DONE, { isFinal: true }),
      createGroup("Failed", FAILED, { causes: [createCause("boom")] }),
      createGroup("Running", RUNNING),
    ];
    expect(render(views, 80, 6)).to.deep.equal([
      "✓ Done: 5 total | 5 added | 1.0 s",
      "[Stats: Failed]",
      "✗ doc: 5 total | 4 added, 1 error",
      "✗ boom (/a)",
      "Elapsed 1.0 s",
      "⠋ Running: 5 total, 2 in-flight | 3 added | 1.0 s",
    ]);
  });

  it("spends rows on failed, stalled, running, waiting and done reports, in this order, and counts the rest", () => {
    const lines = render(createGroups(40), 80, 4);
    expect(lines).to.deep.equal([
      "⠋ Group 1: 5 total, 2 in-flight | 3 added | 1.0 s",
      "⠋ Group 38: 5 total, 2 in-flight | 3 added | 1.0 s",
      "✗ Group 39: 5 total | 4 added, 1 error | 1.0 s",
      "+37 more: 13 done, 12 waiting, 12 running",
    ]);
    expect(render(createGroups(40), 80, 1)).to.deep.equal([
      "40 reports: 13 done, 12 waiting, 13 running, 1 stalled, 1 failed",
    ]);
  });

  it("folds the components of a report that has too many, done ones first", () => {
    const components = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`doc${index}`, DONE]));
    const stats = createStats({ ...components, slow: RUNNING, broken: FAILED });
    expect(render([createView({ stats })], 80, 6)).to.deep.equal(
      [
        "[Stats]",
        "✗ broken: 5 total | 4 added, 1 error",
        "⠋ slow: 5 total, 2 in-flight | 3 added",
        "⠋ All components: 160 total, 2 in-flight | 157 added, 1 error",
        "+30 more: 30 done",
        "Elapsed 0.0 s",
      ].toSpliced(1, 2, "⠋ slow: 5 total, 2 in-flight | 3 added", "✗ broken: 5 total | 4 added, 1 error"),
    );
  });

  it("never takes more lines or columns than there are, whatever the reports, and cuts no character in two", () => {
    const odd = [
      "👩‍👩‍👧‍👦 家族",
      "שלום עולם",
      "e\u0301".repeat(50),
      "a\nb\r\tc",
      "\u001b]0;owned\u0007\u001b[31mred",
      "古".repeat(60),
      "",
    ];
    const view = record({
      title: constantFrom(...odd, null),
      names: array(constantFrom(...odd, "__proto__", "doc"), { maxLength: 12 }),
      counts: array(integer({ min: 0, max: 5_000_000 }), { minLength: 6, maxLength: 6 }),
      message: string({ unit: "grapheme", maxLength: 200 }),
    }).map(({ counts, message, names, title }) =>
      createView({
        title,
        stats: createStats(Object.fromEntries(names.map((name, index) => [`${name}${index}`, counts]))),
        causes: message === "" ? [] : [createCause(message.replace(/\p{C}|\p{Z}/gu, "_"), 3, odd[1])],
      }),
    );
    const views = array(view, { maxLength: 12 });
    assert(
      property(views, integer({ min: 20, max: 200 }), integer({ min: 1, max: 58 }), (some, width, height) => {
        const lines = render(some, width, height);
        expect(lines.length).to.be.at.most(height);
        if (some.length > 0) expect(lines.length).to.be.at.least(1);
        for (const line of lines) {
          expect(measureWidth(line)).to.be.at.most(width);
          expect(line).to.not.match(/\p{Cc}/u);
          expect(line.isWellFormed()).to.equal(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("stays within any height for up to 500 groups, and accounts for every one of them", () => {
    for (const count of [0, 1, 2, 10, 57, 58, 59, 500]) {
      for (const height of [1, 2, 4, 10, 22, 58]) {
        const views = createGroups(count);
        const lines = render(views, 100, height);
        expect(lines.length, `${count} in ${height}`).to.be.at.most(height);
        const numNamed = lines.filter((line) => /Group \d+/.test(line)).length;
        const numFolded = Number(
          /^(?:\+(\d+) more|(\d+) reports)/
            .exec(lines.at(-1) ?? "")
            ?.slice(1)
            .find(Boolean) ?? 0,
        );
        expect(numNamed + numFolded, `${count} in ${height}`).to.equal(count);
      }
    }
  });
});
