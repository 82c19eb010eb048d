import { expect } from "chai";
import { openLiveRun } from "../live-run.ts";

describe("LiveDisplay, while the program prints", () => {
  it("puts the output of the program above the area, in order, from both streams, in whole lines", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    await source.count();
    clock.advance(300);
    terminal.print("one\ntw");
    terminal.print("err one\n", "stderr");
    terminal.print("o\nthr");
    clock.advance(100);
    expect((await terminal.lines()).slice(0, 5)).to.deep.equal(["one", "err one", "two", "thr", "[Stats]"]);
    terminal.print("ee\n");
    await source.complete();
    await done;
    expect(await terminal.lines()).to.deep.equal([
      "one",
      "err one",
      "two",
      "three",
      "[Stats]",
      "✓ doc: 1 total | 1 added",
      "Elapsed 0.4 s",
    ]);
  });

  it("begins below a line that the program has not ended before there was an area", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    terminal.print("Loading…");
    clock.advance(300);
    await terminal.resize(100);
    expect(await terminal.lines()).to.deep.equal(["Loading…", "[Stats]", "Elapsed 0.3 s"]);
    await source.complete();
    await done;
  });

  it("prints a single line at once, and gathers a burst", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(350);
    terminal.print("first\n");
    expect(await terminal.lines()).to.include("first");
    terminal.writes.length = 0;
    for (let line = 0; line < 100; line++) terminal.print(`line ${line}\n`);
    expect(terminal.writes).to.have.length(0);
    clock.advance(16);
    expect(terminal.writes).to.have.length(1);
    expect((await terminal.lines()).filter((line) => line.startsWith("line "))).to.have.length(100);
    await source.complete();
    await done;
  });

  it("draws ten new frames a second at most, however much the program prints", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    await source.count();
    clock.advance(300);
    terminal.writes.length = 0;
    terminal.print("part", "stderr");
    for (let line = 0; line < 60; line++) {
      await source.count();
      terminal.print(`line ${line}\n`);
      clock.advance(17);
    }
    const frames = terminal.writes.flatMap((write) =>
      [...write.matchAll(/doc: (\d+) total/g)].map(([, count]) => count),
    );
    expect(new Set(frames).size).to.be.within(5, 12);
    expect(frames.length, "the area stays").to.be.greaterThan(50);
    expect((await terminal.lines()).slice(59, 62)).to.deep.equal(["line 59", "part", "[Stats]"]);
    await source.complete();
    await done;
  });

  it("draws once when many groups end together, and leaves the final block of each", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const run = follow();
    const groups = Array.from({ length: 50 }, (_, index) => follow(`Group ${index}`));
    for (const { source } of groups) await source.count();
    clock.advance(300);
    terminal.writes.length = 0;
    for (const { source, done } of groups) {
      await source.complete();
      await done;
    }
    terminal.print("after them\n");
    clock.advance(100);
    expect(terminal.writes).to.have.length(1);
    const lines = await terminal.lines();
    expect(lines.filter((line) => line.startsWith("[Stats: Group"))).to.have.length(50);
    expect(lines.slice(-3)).to.deep.equal(["after them", "[Stats]", "Elapsed 0.4 s"]);
    await run.source.complete();
    await run.done;
  });

  it("buffers the output of the program while the terminal takes nothing, up to a small limit", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(350);
    terminal.writes.length = 0;
    terminal.needsDrain = true;
    terminal.print("held back\n");
    clock.advance(1000);
    expect(terminal.writes).to.deep.equal([]);
    for (let line = 0; line < 1000; line++) terminal.print(`${"x".repeat(100)}\n`);
    expect(terminal.writes).to.have.length(1);
    terminal.needsDrain = false;
    clock.advance(100);
    const text = terminal.writes.join("");
    expect(text).to.include("held back\n");
    expect(text.split("x".repeat(100)).length - 1).to.equal(1000);
    await source.complete();
    await done;
  });

  it("holds no more than a little of a program that never lets the event loop turn", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(300);
    for (let line = 0; line < 1000; line++) terminal.print(`${"x".repeat(100)}\n`);
    expect(terminal.writes.join("").split("x".repeat(100)).length - 1).to.be.greaterThan(500);
    await source.complete();
    await done;
    expect((await terminal.lines()).filter((line) => line.startsWith("x")).length).to.be.greaterThan(1000);
  });

  it("ends with the rest of a line that the program has not ended", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(300);
    terminal.print("50 %\r60 %");
    clock.advance(100);
    expect((await terminal.lines())[0]).to.equal("60 %");
    await source.complete();
    await done;
    expect(await terminal.lines()).to.deep.equal(["[Stats]", "Elapsed 0.4 s", "", "60 %"]);
    terminal.print(" done\n");
    expect((await terminal.lines()).at(-1)).to.equal("60 % done");
    expect(terminal.isTaken).to.equal(false);
  });

  it("draws below the output of other programs after the process was stopped and resumed", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(300);
    terminal.write("$ other commands\r\n");
    terminal.events.disturbed("resumed");
    expect(await terminal.lines()).to.deep.equal([
      "[Stats]",
      "Elapsed 0.3 s",
      "$ other commands",
      "[Stats]",
      "Elapsed 0.3 s",
    ]);
    await source.complete();
    await done;
  });

  it("leaves the last frame and all that was printed when the process ends", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source } = follow();
    await source.count();
    clock.advance(300);
    terminal.print("whole\npart");
    terminal.events.leaving(true);
    expect(await terminal.lines()).to.deep.equal([
      "whole",
      "[Stats]",
      "✓ doc: 1 total | 1 added",
      "Elapsed 0.3 s",
      "part",
    ]);
    expect(terminal.isTaken).to.equal(false);
  });

  it("restores a terminal that has lost the end of a frame, as it may at a Ctrl-C", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source } = follow();
    await source.count();
    terminal.receive = (text) => text.slice(0, text.indexOf("✓"));
    clock.advance(300);
    expect(await terminal.state()).to.include({ wraps: false, isSynchronized: true });
    terminal.receive = (text) => text;
    terminal.events.leaving(true);
    expect(await terminal.state()).to.include({ wraps: true, isSynchronized: false });
  });

  it("restores the terminal for a signal, and takes it again if the process lives on", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(300);
    terminal.events.leaving(false);
    expect(terminal.isTaken).to.equal(false);
    terminal.print("stopping\n");
    expect(await terminal.lines()).to.deep.equal(["stopping"]);
    clock.advance(100);
    expect(terminal.isTaken).to.equal(true);
    expect(await terminal.lines()).to.deep.equal(["stopping", "[Stats]", "Elapsed 0.4 s"]);
    await source.complete();
    await done;
  });

  it("reports an error of its own once, restores the terminal, and follows the run to its end", async () => {
    const { clock, terminal, errors, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(300);
    const broken = new Error("no size");
    terminal.size = () => {
      throw broken;
    };
    terminal.print("still here\n");
    clock.advance(1000);
    expect(errors).to.deep.equal([broken]);
    expect(terminal.isTaken).to.equal(false);
    terminal.print("and here\n");
    await source.complete();
    await done;
    expect((await terminal.lines()).slice(2)).to.deep.equal(["still here", "and here"]);
  });
});
