import { expect } from "chai";
import { openLiveRun } from "../live-run.ts";

const ESCAPE = "\u001b";

describe("LiveDisplay", () => {
  it("shows nothing for 300 ms, and only the final block of a run that ends sooner", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    await source.count();
    clock.advance(299);
    terminal.print("printed\n");
    expect(await terminal.lines()).to.deep.equal(["printed"]);
    await source.complete();
    await done;
    expect(await terminal.lines()).to.deep.equal(["printed", "[Stats]", "✓ doc: 1 total | 1 added", "Elapsed 0.2 s"]);
    expect(clock.due).to.deep.equal([]);
  });

  it("draws at most ten frames a second, each in one write, and the clock ticks when no counter moves", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    await source.push({ numInProgress: 1 });
    clock.advance(300);
    expect(await terminal.lines()).to.deep.equal(["[Stats]", "⠸ doc: 1 total, 1 in-flight", "Elapsed 0.3 s"]);
    terminal.writes.length = 0;
    clock.advance(1000);
    expect(terminal.writes).to.have.length(10);
    expect(await terminal.lines()).to.deep.equal(["[Stats]", "⠸ doc: 1 total, 1 in-flight", "Elapsed 1.3 s"]);
    await source.complete();
    await done;
  });

  it("shows a notice in the frame and in the final block, and keeps it where there is little room", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    source.notices.add({ code: "SOURCE_EMPTIED", message: "nothing there", path: "/a" });
    await source.push({ numInProgress: 1 });
    clock.advance(300);
    const running = ["[Stats]", "⠸ doc: 1 total, 1 in-flight", "! nothing there", "Elapsed 0.3 s"];
    expect(await terminal.lines()).to.deep.equal(running);
    await source.count();
    await source.complete();
    await done;
    const ended = ["[Stats]", "✓ doc: 1 total | 1 added", "! nothing there", "Elapsed 0.3 s"];
    expect(await terminal.lines()).to.deep.equal(ended);
  });

  it("writes only lines that have changed, inside synchronized output", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    await source.count();
    clock.advance(300);
    terminal.writes.length = 0;
    clock.advance(100);
    expect(terminal.writes).to.have.length(1);
    const [frame = ""] = terminal.writes;
    expect(frame.startsWith(`${ESCAPE}[?2026h`)).to.equal(true);
    expect(frame.endsWith(`${ESCAPE}[?2026l`)).to.equal(true);
    expect(frame).to.include("Elapsed 0.4 s").and.to.not.include("doc");
    await source.complete();
    await done;
  });

  it("leaves cursor and modes as they were after every single write", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    await source.count();
    clock.advance(500);
    terminal.print("a line\n");
    terminal.print("a line of the other stream\n", "stderr");
    clock.advance(500);
    terminal.print("another one\n", "stderr");
    await source.complete();
    await done;
    for (const write of terminal.writes) {
      for (const [set, reset] of [
        ["?2026h", "?2026l"],
        ["?25l", "?25h"],
        ["?7l", "?7h"],
      ] as const) {
        expect(write.lastIndexOf(ESCAPE + "[" + set)).to.be.at.most(write.lastIndexOf(ESCAPE + "[" + reset));
      }
    }
    expect(await terminal.state()).to.deep.equal({ column: 0, wraps: true, isSynchronized: false });
  });

  it("shares one area among reports, the run's own last, and leaves the final block of a finished group above", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const run = follow();
    const docs = follow("Docs");
    const code = follow("Code");
    await docs.source.count(3);
    await code.source.count(4);
    clock.advance(300);
    expect((await terminal.lines()).filter((line) => line.startsWith("["))).to.deep.equal([
      "[Stats: Docs]",
      "[Stats: Code]",
      "[Stats]",
    ]);
    await docs.source.complete();
    await docs.done;
    terminal.print("after docs\n");
    clock.advance(100);
    expect(await terminal.lines()).to.deep.equal([
      "[Stats: Docs]",
      "✓ doc: 3 total | 3 added",
      "Elapsed 0.3 s",
      "",
      "after docs",
      "[Stats: Code]",
      "✓ doc: 4 total | 4 added",
      "Elapsed 0.4 s",
      "",
      "[Stats]",
      "Elapsed 0.4 s",
    ]);
    await code.source.complete();
    await run.source.complete();
    await Promise.all([code.done, run.done]);
    const titles = (await terminal.lines()).filter((line) => line.startsWith("["));
    expect(titles).to.deep.equal(["[Stats: Docs]", "[Stats: Code]", "[Stats]"]);
  });

  it("keeps one clean area, and every printed line once, when the terminal is resized again and again", async () => {
    const { clock, terminal, follow } = openLiveRun(60, 20);
    const { source, done } = follow("A title that is rather long for a narrow terminal, and goes on");
    await source.push({ numInProgress: 12, numQueued: 1000 });
    clock.advance(300);
    let number = 0;
    for (const [columns, rows] of [
      [30, 20],
      [100, 20],
      [21, 20],
      [45, 12],
      [60, 30],
    ] as const) {
      terminal.print(`line ${number++}\n`);
      await terminal.resize(columns, rows);
      clock.advance(100);
      terminal.print(`line ${number++}\n`);
      clock.advance(250);
    }
    const lines = await terminal.lines();
    expect(lines.filter((line) => line.startsWith("["))).to.have.length(1);
    expect(lines.filter((line) => line.startsWith("Elapsed"))).to.have.length(1);
    expect(lines.slice(0, number)).to.deep.equal(Array.from({ length: number }, (_, index) => `line ${index}`));
    await source.complete();
    await done;
  });

  it("shows a line that is as wide as the terminal to its last character", async () => {
    const { clock, terminal, follow } = openLiveRun(27);
    const { source, done } = follow();
    await source.push({ numInProgress: 1 });
    clock.advance(300);
    expect((await terminal.lines())[1]).to.equal("⠸ doc: 1 total, 1 in-flight");
    clock.advance(100);
    expect((await terminal.lines())[1]).to.equal("⠼ doc: 1 total, 1 in-flight");
    await source.complete();
    await done;
  });

  it("never takes more lines than there are, but for two", async () => {
    for (const rows of [3, 5, 10]) {
      const { clock, terminal, follow } = openLiveRun(60, rows);
      const all = Array.from({ length: 50 }, (_, index) => follow(`Group ${index}`));
      for (const { source } of all) await source.push({ numInProgress: 1 });
      clock.advance(300);
      expect((await terminal.lines()).length).to.equal(rows - 2);
      for (const { source } of all) await source.complete();
      await Promise.all(all.map(({ done }) => done));
    }
  });

  it("draws four frames a second when the process is late, and none while the terminal takes nothing", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(300);
    clock.stall(500);
    terminal.writes.length = 0;
    const end = clock.now() + 1000;
    for (let [due = end] = clock.due; due <= end; [due = end] = clock.due) clock.stall(due - clock.now() + 60);
    expect(terminal.writes.length).to.be.within(1, 4);
    clock.advance(1000);
    terminal.needsDrain = true;
    terminal.writes.length = 0;
    clock.advance(500);
    terminal.events.disturbed("resized");
    clock.advance(500);
    expect(terminal.writes).to.deep.equal([]);
    terminal.needsDrain = false;
    clock.advance(100);
    expect(terminal.writes).to.have.length(1);
    await source.complete();
    await done;
  });

  it("shows new counts of a report only at its interval", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow(null, 1000);
    await source.count();
    clock.advance(300);
    await source.count();
    clock.advance(900);
    expect((await terminal.lines())[1]).to.equal("✓ doc: 1 total | 1 added");
    clock.advance(100);
    expect((await terminal.lines())[1]).to.equal("✓ doc: 2 total | 2 added");
    await source.complete();
    await done;
  });
});
