import { expect } from "chai";
import { followReport } from "../../../lib/report/terminal/display.ts";
import { PlainDisplay } from "../../../lib/report/terminal/plain-display.ts";
import { FakeClock } from "../../fake-clock.ts";
import { FakeSource } from "../fake-source.ts";

function open() {
  const clock = new FakeClock();
  const prints: { readonly at: number; readonly text: string }[] = [];
  const errors: unknown[] = [];
  const screen = {
    needsDrain: false,
    size: () => ({ columns: Infinity, rows: Infinity }),
    write: (text: string) => void prints.push({ at: clock.now(), text }),
  };
  const display = new PlainDisplay({ screen, clock, onError: (error) => errors.push(error) });
  const follow = (title: string | null = null, intervalMs = 1000): { source: FakeSource; done: Promise<void> } => {
    const source = new FakeSource(clock, title);
    return { source, done: followReport(source, { display, clock, intervalMs }) };
  };
  return { clock, prints, errors, screen, display, follow, texts: () => prints.map(({ text }) => text) };
}

describe("PlainDisplay", () => {
  it("prints only the final block of a run that is over in 300 ms", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow();
    await source.count();
    clock.advance(299);
    await source.complete();
    await done;
    expect(texts()).to.deep.equal(["[Stats]\n✓ doc: 1 total | 1 added\nElapsed 0.2 s\n\n"]);
    expect(clock.due).to.deep.equal([]);
  });

  it("prints a line at the start, nothing while nothing is worth a word, and a block at the end", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow("Docs");
    await source.count();
    clock.advance(1000);
    await source.count();
    clock.advance(20_000);
    expect(texts()).to.deep.equal(["[Stats: Docs] started\n\n"]);
    await source.complete();
    await done;
    expect(texts()[1]).to.equal("[Stats: Docs]\n✓ doc: 2 total | 2 added\nElapsed 21.0 s\n\n");
  });

  it("prints a block when a notice comes, and shows the notice at the end", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow();
    await source.count();
    clock.advance(2000);
    source.notices.add({ code: "SOURCE_EMPTIED", message: "nothing there", path: "/a" });
    clock.advance(1000);
    expect(texts().at(-1)).to.contain("\n! nothing there\n");
    expect(source.notices.isShown).to.equal(true);
    await source.complete();
    await done;
    expect(texts().at(-1)).to.equal("[Stats]\n✓ doc: 1 total | 1 added\n! nothing there\nElapsed 3.0 s\n\n");
  });

  it("prints a block at each tenth of the way once the total is known", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow();
    for (let numDone = 0; numDone < 100; numDone += 2) {
      await source.count(2, { isListing: false, numQueued: 98 - numDone });
      clock.advance(1000);
    }
    const percents = texts().flatMap((text) => [...text.matchAll(/(\d+) %/g)].map(([, percent]) => Number(percent)));
    expect(percents).to.deep.equal([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    await source.complete();
    await done;
  });

  it("prints a block after 30 seconds in which something moved", async () => {
    const { clock, follow, prints } = open();
    const { source, done } = follow();
    clock.advance(300);
    await source.push({ numInProgress: 1, isListing: true });
    clock.advance(31_000);
    expect(prints.map(({ at }) => at)).to.deep.equal([300, 30_300]);
    expect(prints[1]?.text).to.equal("[Stats]\n… doc: 1 total, 1 in-flight\nElapsed 30.3 s\n\n");
    await source.complete();
    await done;
  });

  it("prints a block for a new cause of failure, for a stall, and when it has caught up", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow();
    clock.advance(1300);
    await source.countFailure(new RangeError("too small"), "/x");
    clock.advance(1000);
    expect(texts()[1]).to.include("✗ RangeError: too small (/x)");
    await source.countFailure(new RangeError("too small"), "/y");
    clock.advance(5000);
    expect(texts()).to.have.length(2);
    const oldest = { component: "doc", path: "/z", startedMs: clock.now(), meanMs: 100 };
    await source.push({ numInProgress: 1, oldest, isListing: true });
    clock.advance(12_000);
    expect(texts()).to.have.length(3);
    expect(texts()[2]).to.match(/! Nothing has finished for \d+\.\d s: doc at \/z has been at work/);
    await source.count(1, { status: "ready" });
    clock.advance(1000);
    expect(texts()[3]).to.include("caught up");
    await source.complete();
    await done;
  });

  it("is never silent for over a minute while the run goes on, but is once it has caught up", async () => {
    const { clock, follow, prints, texts } = open();
    const { source, done } = follow();
    clock.advance(600_000);
    const gaps = prints.slice(1).map(({ at }, index) => at - prints[index]!.at);
    expect(gaps.length).to.be.greaterThan(8);
    expect(Math.max(...gaps)).to.be.at.most(60_000);
    await source.count(1, { status: "ready" });
    clock.advance(60_000);
    const numPrints = texts().length;
    clock.advance(600_000);
    expect(texts()).to.have.length(numPrints);
    await source.complete();
    await done;
  });

  it("prints no more than once a second, however many reports there are and end, but for the last of all", async () => {
    const { clock, follow, prints, texts } = open();
    const all = Array.from({ length: 500 }, (_, index) => follow(`Group ${index}`, 1));
    const run = follow();
    for (let turn = 0; turn < 60; turn++) {
      for (const [index, { source }] of all.entries()) {
        if (turn % 3 === 0) await source.countFailure(new Error("abcdefghij"[(turn + index) % 10]), "/x");
      }
      clock.advance(137);
    }
    const numBefore = texts().length;
    for (const text of texts()) expect(text.split("\n").length).to.be.at.most(45);
    for (const [index, { source }] of all.entries()) {
      await source.complete();
      if (index % 100 === 0) clock.advance(300);
    }
    clock.advance(1000);
    await Promise.all(all.map(({ done }) => done));
    expect(texts().length - numBefore).to.be.within(2, 4);
    const ends = texts()
      .slice(numBefore)
      .join("")
      .match(/^✗ Group \d+: |^\[Stats: Group \d+\]/gm);
    expect(new Set(ends)).to.have.lengthOf.at.least(500);
    await run.source.complete();
    await run.done;
    expect(texts().at(-1)).to.equal("[Stats]\nElapsed 10.7 s\n\n");
    const gaps = prints.slice(1, -1).map(({ at }, index) => at - prints[index]!.at);
    expect(gaps.length).to.be.at.least(5);
    expect(Math.min(...gaps)).to.be.at.least(1000);
  });

  it("prints the final blocks of a few groups that end together whole", async () => {
    const { clock, follow, texts } = open();
    const [docs, code, run] = [follow("Docs"), follow("Code"), follow()];
    for (const { source } of [docs, code]) await source.count();
    clock.advance(300);
    for (const { source } of [docs, code]) await source.complete();
    expect(texts()).to.have.length(1);
    clock.advance(1000);
    await Promise.all([docs.done, code.done]);
    expect(texts()[1]).to.equal(
      ["Docs", "Code"].map((title) => `[Stats: ${title}]\n✓ doc: 1 total | 1 added\nElapsed 0.3 s\n\n`).join(""),
    );
    await run.source.complete();
    await run.done;
  });

  it("prints a block for a source that fails and for one that is in order again, and reminds of it when all is done", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow();
    clock.advance(1300);
    const failing = { component: "doc", path: "/feed", message: "refused", since: clock.date(), numFailures: 1 };
    const failingSources = [{ ...failing, retryAt: new Date(clock.now() + 300_000) }];
    await source.push({ status: "ready", failingSources });
    clock.advance(1000);
    expect(texts()[1]).to.include("! Source doc at /feed fails, next try in 4 min 59 s: refused\n");
    clock.advance(60_000);
    expect(texts()).to.have.length(3);
    await source.push({ status: "ready" });
    clock.advance(1000);
    expect(texts()[3]).to.not.include("fails");
    clock.advance(120_000);
    expect(texts()).to.have.length(4);
    await source.complete();
    await done;
  });

  it("keeps the interval of a report as the least time between two of its blocks", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow(null, 10_000);
    clock.advance(300);
    for (const message of ["a", "b", "c"]) {
      await source.countFailure(new Error(message), "/x");
      clock.advance(4000);
    }
    expect(texts()).to.have.length(2);
    await source.complete();
    await done;
  });

  it("shows a run that fails in the final block and does not reject", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow();
    await source.count();
    clock.advance(200);
    await source.fail(new RangeError("boom"));
    expect(await done).to.equal(undefined);
    expect(texts()).to.deep.equal(["[Stats]\n✓ doc: 1 total | 1 added\n✗ Failed: RangeError: boom\nElapsed 0.2 s\n\n"]);
  });

  it("has no escape byte and no control character in anything", async () => {
    const { clock, follow, texts } = open();
    const { source, done } = follow("x\u001b[31m\u0007y");
    clock.advance(1300);
    await source.countFailure(new Error("\u001b[2Jbad\u0000"), "/\u001b]0;t\u0007");
    clock.advance(3000);
    await source.complete();
    await done;
    expect(texts().join("")).to.match(/^[^\p{Cc}\n]/u);
    expect(texts().join("").replaceAll("\n", "")).to.not.match(/\p{Cc}/u);
  });

  it("leaves blocks out while the screen has unwritten output", async () => {
    const { clock, follow, screen, texts } = open();
    const { source, done } = follow();
    screen.needsDrain = true;
    clock.advance(90_000);
    expect(texts()).to.deep.equal([]);
    screen.needsDrain = false;
    clock.advance(1000);
    expect(texts()).to.have.length(1);
    await source.complete();
    await done;
  });

  it("tells of a broken screen once, and follows the run to its end", async () => {
    const { clock, errors, follow, screen } = open();
    const { source, done } = follow();
    const broken = new Error("screen gone");
    screen.write = () => {
      throw broken;
    };
    clock.advance(100_000);
    await source.complete();
    await done;
    expect(errors).to.deep.equal([broken]);
  });

  it("does not reject when the source cannot even be watched", async () => {
    const { clock, display, texts } = open();
    const broken = {
      title: "x",
      failures: () => [],
      watch(): never {
        throw new Error("no watching");
      },
    };
    await followReport(broken, { display, clock, intervalMs: 1000 });
    expect(texts()).to.deep.equal(["[Stats: x]\n✗ Failed: no watching\nElapsed 0.0 s\n\n"]);
  });
});
