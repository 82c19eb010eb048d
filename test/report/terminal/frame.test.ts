import { expect } from "chai";
import { createComponentStats, sumComponentStats, type UpdateStats } from "../../../lib/progress/stats.ts";
import { renderFrame, type Frame } from "../../../lib/report/terminal/frame.ts";
import { measureWidth } from "../../../lib/text/width.ts";

/** Counts in the order starts, unchanged, adds, deletes, reprocesses, errors. */
function createStats(components: Record<string, readonly number[]>, queued = 0): UpdateStats {
  const byComponent = Object.fromEntries(
    Object.entries(components).map(([name, counts]) => [name, createComponentStats(counts, queued)]),
  );
  return { byComponent, total: sumComponentStats(Object.values(byComponent)) };
}

function createFrame(overrides: Partial<Frame>): Frame {
  return { title: null, stats: null, elapsedMs: 0, isFinal: false, ...overrides };
}

describe("renderFrame", () => {
  it("shows the title, a line for the component and the time", () => {
    const stats = createStats({ processDoc: [1204, 1170, 12, 0, 3, 3] });
    expect(renderFrame(createFrame({ title: "Indexing docs", stats, elapsedMs: 4249 }))).to.deep.equal([
      "[Stats: Indexing docs]",
      "⠹ processDoc: 1,204 total, 16 in-flight | 12 added, 3 reprocessed, 1,170 unchanged, 3 errors",
      "Elapsed 4.2 s",
    ]);
  });

  it("shows the run's own report without a title, and only that when nothing has been counted", () => {
    expect(renderFrame(createFrame({ elapsedMs: 1000 }))).to.deep.equal(["[Stats]", "Elapsed 1.0 s"]);
  });

  it("keeps the order added, reprocessed, deleted, unchanged, errors, and leaves zeros out", () => {
    const [, all] = renderFrame(createFrame({ stats: createStats({ a: [15, 1, 2, 3, 4, 5] }) }));
    expect(all).to.equal("✗ a: 15 total | 2 added, 4 reprocessed, 3 deleted, 1 unchanged, 5 errors");
    const [, few] = renderFrame(createFrame({ stats: createStats({ a: [1, 0, 0, 0, 0, 1] }) }));
    expect(few).to.equal("✗ a: 1 total | 1 error");
    const [, none] = renderFrame(createFrame({ stats: createStats({ a: [0, 0, 0, 0, 0, 0] }) }));
    expect(none).to.equal("✓ a: 0 total");
  });

  it("shows the queue, and takes a component with a queue as under way", () => {
    const [, line] = renderFrame(createFrame({ stats: createStats({ a: [1, 0, 1, 0, 0, 0] }, 2500) }));
    expect(line).to.equal("⠋ a: 1 total, 2,500 queued | 1 added");
  });

  it("sums several components in one more line", () => {
    const lines = renderFrame(createFrame({ stats: createStats({ a: [1, 0, 1, 0, 0, 0], b: [2, 0, 0, 0, 0, 1] }) }));
    expect(lines.slice(1, 4)).to.deep.equal([
      "✓ a: 1 total | 1 added",
      "⠋ b: 2 total, 1 in-flight | 1 error",
      "⠋ All components: 3 total, 1 in-flight | 1 added, 1 error",
    ]);
  });

  it("turns the spinner with the time", () => {
    const stats = createStats({ a: [1, 0, 0, 0, 0, 0] });
    const marks = [0, 100, 200, 1000].map((elapsedMs) => renderFrame(createFrame({ stats, elapsedMs }))[1]![0]);
    expect(marks).to.deep.equal(["⠋", "⠙", "⠹", "⠋"]);
  });

  it("shows no spinner once the report has ended", () => {
    const stats = createStats({ a: [1, 0, 0, 0, 0, 0] });
    expect(renderFrame(createFrame({ stats, isFinal: true }))[1]).to.equal("✓ a: 1 total, 1 in-flight");
  });

  it("shows what made the run fail, in one line", () => {
    const lines = renderFrame(createFrame({ isFinal: true, failure: { error: new RangeError("too\nbig") } }));
    expect(lines).to.deep.equal(["[Stats]", "✗ Failed: RangeError: too big", "Elapsed 0.0 s"]);
  });

  it("takes titles and component names as data", () => {
    const stats = createStats({ "a\u001b[2J\nb": [1, 0, 1, 0, 0, 0] });
    const lines = renderFrame(createFrame({ title: "x\u001b]0;owned\u0007\r\ny", stats }));
    expect(lines.slice(0, 2)).to.deep.equal(["[Stats: x y]", "✓ a b: 1 total | 1 added"]);
  });

  it("cuts every line to the width", () => {
    const stats = createStats({ 古古古古古古古古古古: [1204, 1170, 12, 0, 3, 3] });
    const lines = renderFrame(createFrame({ title: "a very long title", stats, elapsedMs: 72_000 }), 12);
    expect(lines).to.deep.equal(["[Stats: a v…", "⠋ 古古古古…", "Elapsed 1 m…"]);
    expect(Math.max(...lines.map(measureWidth))).to.be.at.most(12);
  });
});
