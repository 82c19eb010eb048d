import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { createComponentStats, type UpdateSnapshot } from "../../../lib/progress/stats.ts";
import { followReport } from "../../../lib/report/terminal/reporter.ts";
import { FakeClock } from "../../fake-clock.ts";
import { createSnapshot } from "../../snapshots.ts";

type Step = UpdateSnapshot | { readonly error: unknown } | "end";

class FakeSource {
  readonly title: string | null = null;
  readonly clock: FakeClock;
  #numAdds = 0;
  readonly #steps: Step[] = [];
  #arrived = Promise.withResolvers<void>();

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  /** Counts one component, and lets the reporter see it. */
  async count(status: UpdateSnapshot["status"] = "running"): Promise<void> {
    this.#numAdds++;
    await this.#push(this.#createSnapshot(status, false));
  }

  async complete(): Promise<void> {
    await this.#push(this.#createSnapshot("ready", true));
    await this.#push("end");
  }

  async end(): Promise<void> {
    await this.#push("end");
  }

  async fail(error: unknown): Promise<void> {
    await this.#push({ error });
  }

  async *watch(): AsyncGenerator<UpdateSnapshot> {
    for (;;) {
      const step = this.#steps.shift();
      if (step === "end") return;
      if (step === undefined) await this.#arrived.promise;
      else if ("error" in step) throw step.error;
      else yield step;
    }
  }

  async #push(step: Step): Promise<void> {
    this.#steps.push(step);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    await turn();
  }

  #createSnapshot(status: UpdateSnapshot["status"], final: boolean): UpdateSnapshot {
    const total = createComponentStats([this.#numAdds, 0, this.#numAdds], 0);
    const byComponent: Record<string, typeof total> = this.#numAdds > 0 ? { doc: total } : {};
    return createSnapshot({ stats: { byComponent, total }, status, final, elapsedMs: this.clock.now() });
  }
}

function start(intervalMs = 1000) {
  const clock = new FakeClock();
  const source = new FakeSource(clock);
  const blocks: string[] = [];
  const screenErrors: unknown[] = [];
  const screen = {
    isTTY: false,
    needsDrain: false,
    columns: undefined,
    write: (text: string) => void blocks.push(text),
  };
  const onScreenError = (error: unknown): void => void screenErrors.push(error);
  const done = followReport(source, { screen, clock, intervalMs, onScreenError });
  return { clock, source, screen, blocks, screenErrors, done };
}

describe("followReport", () => {
  it("prints only the final block of a run shorter than the interval", async () => {
    const { clock, source, blocks, done } = start();
    await source.count();
    clock.advance(999);
    expect(blocks).to.deep.equal([]);
    await source.complete();
    await done;
    expect(blocks).to.deep.equal(["[Stats]\n✓ doc: 1 total | 1 added\nElapsed 0.9 s\n\n"]);
  });

  it("prints a block at each interval in which something changed, and none in the others", async () => {
    const { clock, source, blocks, done } = start();
    await source.count();
    clock.advance(1000);
    expect(blocks).to.have.length(1);
    clock.advance(3000);
    expect(blocks).to.have.length(1);
    await source.count();
    await source.count();
    clock.advance(1000);
    expect(blocks).to.have.length(2);
    expect(blocks[1]).to.equal("[Stats]\n✓ doc: 3 total | 3 added\nElapsed 5.0 s\n\n");
    await source.complete();
    await done;
  });

  it("prints nothing in the first 300 ms, however short the interval", async () => {
    const { clock, source, blocks, done } = start(10);
    await source.count();
    clock.advance(299);
    expect(blocks).to.deep.equal([]);
    clock.advance(1);
    expect(blocks).to.have.length(1);
    await source.count();
    clock.advance(10);
    expect(blocks).to.have.length(2);
    await source.complete();
    await done;
  });

  it("prints a final block even when nothing was counted, or nothing changed since the last one", async () => {
    const empty = start();
    await empty.source.end();
    await empty.done;
    expect(empty.blocks).to.deep.equal(["[Stats]\nElapsed 0.0 s\n\n"]);
    const unchanged = start();
    await unchanged.source.count();
    unchanged.clock.advance(1000);
    await unchanged.source.end();
    await unchanged.done;
    expect(unchanged.blocks).to.have.length(2);
  });

  it("shows a run that fails in the final block and does not reject", async () => {
    const { clock, source, blocks, done } = start();
    await source.count();
    clock.advance(500);
    await source.fail(new RangeError("boom"));
    expect(await done).to.equal(undefined);
    expect(blocks).to.deep.equal(["[Stats]\n✓ doc: 1 total | 1 added\n✗ Failed: RangeError: boom\nElapsed 0.5 s\n\n"]);
  });

  it("does not reject when the source cannot even be watched", async () => {
    const { clock, screen, blocks, screenErrors } = start();
    const broken = {
      title: "x",
      watch(): AsyncIterable<UpdateSnapshot> {
        throw new Error("no watching");
      },
    };
    await followReport(broken, { screen, clock, intervalMs: 1000, onScreenError: (error) => screenErrors.push(error) });
    expect(blocks).to.deep.equal(["[Stats: x]\n✗ Failed: no watching\nElapsed 0.0 s\n\n"]);
  });

  it("shows a run that moves no counter at least once a minute, but not one that has caught up", async () => {
    const { clock, source, blocks, done } = start();
    clock.advance(59_000);
    expect(blocks).to.have.length(0);
    clock.advance(1000);
    expect(blocks).to.deep.equal(["[Stats]\nElapsed 1 min 0 s\n\n"]);
    await source.count("ready");
    clock.advance(1000);
    expect(blocks).to.have.length(2);
    clock.advance(600_000);
    expect(blocks).to.have.length(2);
    await source.complete();
    await done;
  });

  it("leaves blocks out while the screen has not taken what was written, and catches up later", async () => {
    const { clock, source, screen, blocks, done } = start();
    screen.needsDrain = true;
    await source.count();
    clock.advance(2000);
    expect(blocks).to.have.length(0);
    screen.needsDrain = false;
    clock.advance(1000);
    expect(blocks).to.have.length(1);
    await source.complete();
    await done;
  });

  it("tells of a broken screen once, and follows the run to its end", async () => {
    const { clock, source, screen, screenErrors, done } = start();
    const broken = new Error("screen gone");
    screen.write = () => {
      throw broken;
    };
    await source.count();
    clock.advance(1000);
    await source.count();
    clock.advance(1000);
    await source.complete();
    await done;
    expect(screenErrors).to.deep.equal([broken]);
  });

  it("leaves no timer behind", async () => {
    for (const end of ["complete", "fail"] as const) {
      const { clock, source, done } = start();
      clock.advance(5000);
      await source[end](new Error("boom"));
      await done;
      expect(clock.due.length).to.equal(0);
    }
  });

  it("cuts to the columns that the screen has at that moment", async () => {
    const { clock, source, screen, blocks, done } = start();
    await source.count();
    Object.assign(screen, { columns: 8 });
    clock.advance(1000);
    expect(blocks[0]).to.equal("[Stats]\n✓ doc: …\nElapsed…\n\n");
    await source.complete();
    await done;
  });
});
