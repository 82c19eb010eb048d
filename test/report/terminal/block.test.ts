import { expect } from "chai";
import { fitBlock, renderBlock } from "../../../lib/report/terminal/block.ts";
import type { ReportView } from "../../../lib/report/terminal/report-view.ts";
import { createCause, createStats, createView } from "../views.ts";

function render(changes: Partial<ReportView>, isAnimated = true): string[] {
  return renderBlock(createView(changes), { isAnimated }).map(({ text }) => text);
}

describe("renderBlock", () => {
  it("shows the title, a line for the component and the time", () => {
    const stats = createStats({ processDoc: [1204, 1170, 12, 0, 3, 3] });
    expect(render({ title: "Indexing docs", stats, elapsedMs: 4249 })).to.deep.equal([
      "[Stats: Indexing docs]",
      "⠹ processDoc: 1,204 total, 16 in-flight | 12 added, 3 reprocessed, 1,170 unchanged, 3 errors",
      "Elapsed 4.2 s",
    ]);
  });

  it("shows the run's own report without a title, and only that when nothing has been counted", () => {
    expect(render({ elapsedMs: 1000 })).to.deep.equal(["[Stats]", "Elapsed 1.0 s"]);
  });

  it("keeps the order added, reprocessed, deleted, unchanged, errors, and leaves zeros out", () => {
    expect(render({ stats: createStats({ a: [15, 1, 2, 3, 4, 5] }) })[1]).to.equal(
      "✗ a: 15 total | 2 added, 4 reprocessed, 3 deleted, 1 unchanged, 5 errors",
    );
    expect(render({ stats: createStats({ a: [1, 0, 0, 0, 0, 1] }) })[1]).to.equal("✗ a: 1 total | 1 error");
    expect(render({ stats: createStats({ a: [0, 0, 0, 0, 0, 0] }) })[1]).to.equal("✓ a: 0 total");
  });

  it("shows the queue, and takes a component with a queue as in progress", () => {
    const [, line] = render({ stats: createStats({ a: [1, 0, 1, 0, 0, 0] }, 2500) });
    expect(line).to.equal("⠋ a: 1 total, 2,500 queued | 1 added");
  });

  it("shows three notices, and how many more there are, without control characters", () => {
    const notices = ["a", "b\u001b[2J", "c", "d", "e"].map(
      (message) => ({ code: "SOURCE_EMPTIED", message, path: message, group: null }) as const,
    );
    expect(render({ notices, isFinal: true })).to.deep.equal([
      "[Stats]",
      "! a",
      "! b",
      "! c",
      "! +2 more notices",
      "Elapsed 0.0 s",
    ]);
    expect(render({ notices: notices.slice(0, 1) })[1]).to.equal("! a");
  });

  it("sums several components in one more line", () => {
    const stats = createStats({ a: [1, 0, 1, 0, 0, 0], b: [2, 0, 0, 0, 0, 1] });
    expect(render({ stats }).slice(1, 4)).to.deep.equal([
      "✓ a: 1 total | 1 added",
      "⠋ b: 2 total, 1 in-flight | 1 error",
      "⠋ All components: 3 total, 1 in-flight | 1 added, 1 error",
    ]);
  });

  it("turns the spinner with the time, and has a still mark where lines stay", () => {
    const stats = createStats({ a: [1, 0, 0, 0, 0, 0] });
    const marks = [0, 100, 200, 1000].map((elapsedMs) => render({ stats, elapsedMs })[1]![0]);
    expect(marks).to.deep.equal(["⠋", "⠙", "⠹", "⠋"]);
    expect(render({ stats }, false)[1]).to.equal("… a: 1 total, 1 in-flight");
  });

  it("shows no spinner once the report has ended, and no component that did nothing", () => {
    const stats = createStats({ a: [1, 0, 0, 0, 0, 0], cancelled: [] });
    expect(render({ stats, isFinal: true })).to.deep.equal(["[Stats]", "✓ a: 1 total, 1 in-flight", "Elapsed 0.0 s"]);
  });

  it("shows how far behind a live run is, or for how long it has caught up", () => {
    const show = (behindMs: number | null, caughtUpForMs: number | null, isReady = false): string =>
      render({ isReady, freshness: { behindMs, caughtUpForMs, failingSources: [] } }).at(-1)!;
    expect(show(null, null)).to.equal("Elapsed 0.0 s");
    expect(show(999, 5000)).to.equal("Elapsed 0.0 s");
    expect(show(12_000, null)).to.equal("Elapsed 0.0 s | behind 12.0 s");
    expect(show(12_000, 63_000)).to.equal("Elapsed 0.0 s | behind 12.0 s, last caught up 1 min 3 s ago");
    expect(show(null, 999, true)).to.equal("Elapsed 0.0 s | caught up");
    expect(show(null, 63_000, true)).to.equal("Elapsed 0.0 s | caught up for 1 min 3 s");
    const remaining = { numDone: 10, numFound: 40, percent: 25, timeMs: null };
    const freshness = { behindMs: 1000, caughtUpForMs: null, failingSources: [] };
    expect(render({ isListing: false, remaining, freshness }).at(-1)).to.equal(
      "Elapsed 0.0 s | 25 % of 40 | behind 1.0 s",
    );
  });

  it("shows the sources that fail, and when they are tried again", () => {
    const failingSources = [8000, 0, 1, 2, 3].map((retryInMs, index) => ({
      component: "feed",
      path: `/${index}`,
      message: "connect\nrefused",
      retryInMs,
    }));
    expect(render({ freshness: { behindMs: null, caughtUpForMs: null, failingSources } }).slice(1, -1)).to.deep.equal([
      "! Source feed at /0 fails, next try in 8.0 s: connect refused",
      "! Source feed at /1 fails, it is tried again: connect refused",
      "! Source feed at /2 fails, next try in 0.0 s: connect refused",
      "! +2 more sources fail",
    ]);
  });

  it("says that nothing is known of a report that cannot be reached", () => {
    expect(render({ isCutOff: true, isReady: true }).at(-1)).to.equal("Elapsed 0.0 s | connection lost");
  });

  it("shows the error of a failed run in one line, and an interrupt as an interrupt", () => {
    expect(render({ isFinal: true, failure: { error: new RangeError("too\nbig") } })[1]).to.equal(
      "✗ Failed: RangeError: too big",
    );
    const interrupted = new DOMException("Interrupted by SIGINT", "AbortError");
    expect(render({ isFinal: true, failure: { error: interrupted } })[1]).to.equal("■ Interrupted by SIGINT");
    const aborted = AbortSignal.abort().reason as unknown;
    expect(render({ isFinal: true, failure: { error: aborted } })[1]).to.equal(
      "■ Interrupted: This operation was aborted",
    );
  });

  it("shows each cause of failure with its count and the first path, and counts causes beyond three", () => {
    const causes = [
      createCause("often", 1204, "/x\u001b[31m"),
      ...["b", "c", "d", "e"].map((text) => createCause(text)),
    ];
    expect(render({ causes }).slice(1, -1)).to.deep.equal([
      "✗ 1,204 times often (first at /x)",
      "✗ b (/a)",
      "✗ c (/a)",
      "✗ +2 more causes",
    ]);
  });

  it("says at the end when more failed at once than was kept", () => {
    const stats = createStats({ a: [10, 0, 0, 0, 0, 10] });
    expect(render({ stats, causes: [createCause("boom", 8)], isFinal: true })).to.include(
      "✗ 2 more failures, not kept",
    );
    expect(render({ stats, causes: [createCause("boom", 10)], isFinal: true }).join()).to.not.include("not kept");
  });

  it("names the component that has been at work for longest when nothing finishes", () => {
    const stall = { component: "doc", path: '/"a.md"', ageMs: 72_000, quietMs: 45_000 };
    expect(render({ stall })[1]).to.equal(
      '! Nothing has finished for 45.0 s: doc at /"a.md" has been at work for 1 min 12 s',
    );
  });

  it("gives a percentage and a remaining time only for a total that is final", () => {
    const known = { numDone: 812, numFound: 2040, percent: 39, timeMs: { low: 3100, high: 4900 } };
    expect(render({ isListing: false, remaining: known }).at(-1)).to.equal(
      "Elapsed 0.0 s | 39 % of 2,040 | 3 to 5 s left",
    );
    expect(render({ isListing: false, remaining: { ...known, timeMs: null } }).at(-1)).to.equal(
      "Elapsed 0.0 s | 39 % of 2,040",
    );
    const stall = { component: "doc", path: "/a", ageMs: 20_000, quietMs: 20_000 };
    expect(render({ isListing: false, remaining: known, stall }).at(-1)).to.equal("Elapsed 0.0 s | 39 % of 2,040");
    expect(render({ isListing: true, remaining: known }).at(-1)).to.equal(
      "Elapsed 0.0 s | 812 done, at least 2,040 found, still listing",
    );
    expect(render({ isListing: false, remaining: known, isFinal: true }).at(-1)).to.equal("Elapsed 0.0 s");
    expect(render({ isReady: true, remaining: known }).at(-1)).to.equal("Elapsed 0.0 s | caught up");
  });

  it("takes titles and component names as data", () => {
    const stats = createStats({ "a\u001b[2J\nb": [1, 0, 1, 0, 0, 0] });
    const lines = render({ title: "x\u001b]0;owned\u0007\r\ny", stats });
    expect(lines.slice(0, 2)).to.deep.equal(["[Stats: x y]", "✓ a b: 1 total | 1 added"]);
  });
});

describe("fitBlock", () => {
  it("keeps failed and stalled components when there is little room", () => {
    const stall = { component: "c", path: "/c", ageMs: 20_000, quietMs: 20_000 };
    const stats = createStats({ a: [1, 0, 1], b: [1, 0, 1], c: [1] });
    const view = createView({ stats, stall, causes: [createCause("boom")] });
    const texts = (height: number): string[] => fitBlock(view, height, { isAnimated: true }).map(({ text }) => text);
    expect(texts(5)).to.deep.equal([
      "[Stats]",
      "✗ boom (/a)",
      "! Nothing has finished for 20.0 s: c at /c has been at work for 20.0 s",
      "+3 more: 2 done, 1 stalled",
      "Elapsed 0.0 s",
    ]);
    expect(texts(3)).to.deep.equal(["⠋ Stats: 3 total, 1 in-flight | 2 added | 0.0 s"]);
    for (let height = 1; height < 12; height++) expect(texts(height).length).to.be.at.most(height);
  });
});
