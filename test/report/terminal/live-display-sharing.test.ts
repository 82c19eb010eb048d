import { expect } from "chai";
import { openLiveRun } from "../live-run.ts";

describe("LiveDisplay, while a child process prints", () => {
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

  it("begins a final block on a line of its own, below what a child process has not ended (a bug once)", async () => {
    const whenRunning = openLiveRun();
    const docs = whenRunning.follow("Docs");
    const run = whenRunning.follow();
    whenRunning.clock.advance(300);
    whenRunning.terminal.share(true);
    whenRunning.terminal.write("child without an end");
    await docs.source.complete();
    await docs.done;
    whenRunning.clock.advance(16);
    expect((await whenRunning.terminal.lines()).slice(0, 3)).to.deep.equal([
      "child without an end",
      "[Stats: Docs]",
      "Elapsed 0.3 s",
    ]);
    whenRunning.terminal.write("and another");
    await run.source.complete();
    await run.done;
    expect((await whenRunning.terminal.lines()).slice(-3)).to.deep.equal(["and another", "[Stats]", "Elapsed 0.3 s"]);

    const whenEnded = openLiveRun();
    const { source, done } = whenEnded.follow("Docs");
    whenEnded.clock.advance(100);
    whenEnded.terminal.share(true);
    whenEnded.terminal.write("child without an end");
    whenEnded.terminal.share(false);
    await source.complete();
    await done;
    expect(await whenEnded.terminal.lines()).to.deep.equal(["child without an end", "[Stats: Docs]", "Elapsed 0.1 s"]);
  });
});
