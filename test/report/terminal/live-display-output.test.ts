import { expect } from "chai";
import { openLiveRun } from "../live-run.ts";

describe("LiveDisplay, while the program prints", () => {
  it("puts what the program prints above the area, in order, from both streams, lines whole", async () => {
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

  it("draws below what somebody else has printed after the process was stopped and resumed", async () => {
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

  it("takes the area away while a child process prints by itself, and comes back below", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(300);
    terminal.print("before\n");
    terminal.share(true);
    expect(await terminal.lines()).to.deep.equal(["before"]);
    terminal.write("child\r\n");
    terminal.print("meanwhile\n");
    terminal.write("child without an end");
    clock.advance(500);
    expect(await terminal.lines()).to.deep.equal(["before", "child", "meanwhile", "child without an end"]);
    terminal.share(false);
    expect((await terminal.lines()).slice(3)).to.deep.equal(["child without an end", "[Stats]", "Elapsed 0.8 s"]);
    terminal.share(true);
    clock.advance(10_000);
    expect((await terminal.lines()).slice(4)).to.deep.equal(["[Stats]", "Elapsed 10.8 s"]);
    await source.complete();
    await done;
    expect((await terminal.lines()).filter((line) => line === "[Stats]")).to.have.length(2);
  });

  it("does not draw over a child process that was started before there was an area", async () => {
    const { clock, terminal, follow } = openLiveRun();
    const { source, done } = follow();
    clock.advance(200);
    terminal.share(true);
    clock.advance(300);
    terminal.write("child\r\nwithout an end");
    expect(await terminal.lines()).to.deep.equal(["child", "without an end"]);
    terminal.share(false);
    clock.advance(100);
    expect(await terminal.lines()).to.deep.equal(["child", "without an end", "[Stats]", "Elapsed 0.6 s"]);
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

  it("gives the terminal back for a signal, and takes it again if the process lives on", async () => {
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

  it("tells of an error of its own once, gives the terminal back, and follows the run to its end", async () => {
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
