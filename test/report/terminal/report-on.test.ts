import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import { App, fn, mount, type UpdateHandle } from "../../../lib/index.ts";
import { reportOn } from "../../../lib/report/terminal/report-on.ts";
import { FakeClock } from "../../fake-clock.ts";
import { createTestEnvironment, type TestEnvironment } from "../../test-environment.ts";
import { FakeSource } from "../fake-source.ts";
import { openVirtualStreams, type VirtualStreams } from "../virtual-stream.ts";

/** A run in its own environment; its one component ends when the test calls `finish`. */
interface GatedRun extends AsyncDisposable {
  readonly handle: UpdateHandle<void>;
  readonly finish: () => void;
}

describe("reportOn", () => {
  let clock: FakeClock;
  let virtual: VirtualStreams;

  beforeEach(() => {
    clock = new FakeClock();
    virtual = openVirtualStreams();
  });

  async function startRun(name: string): Promise<GatedRun> {
    const test: TestEnvironment = await createTestEnvironment({ name });
    stateOf(test.environment).stdoutReporter = (report, { intervalMs }) =>
      reportOn(virtual.streams, report, { intervalMs, clock, env: { TIDEMARK_PROGRESS: "tty" } });
    const gate = Promise.withResolvers<void>();
    const work = fn({ name }, () => gate.promise);
    const app = new App({ name, environment: test.environment }, async function main(): Promise<void> {
      await mount(work);
    });
    const handle = app.update({ reportToStdout: 1 });
    for await (const { stats } of handle.watch()) if (stats.byComponent[name]?.numInProgress === 1) break;
    return { handle, finish: gate.resolve, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
  }

  async function draw(): Promise<string[]> {
    await turn();
    clock.advance(400);
    return (await virtual.terminal.lines()).filter((line) => line !== "");
  }

  it("shows the runs of two environments on one terminal in one area, each to its final block", async () => {
    await using docs = await startRun("docs");
    await using code = await startRun("code");
    virtual.streams.stdout.write("printed before\n");
    const elapsed = /^Elapsed /;
    const running = (name: string): RegExp => new RegExp(`^\\S ${name}: 1 total, 1 in-flight$`);
    const both = await draw();
    for (const expected of [/^printed before$/, running("docs"), running("code")]) expectOnce(both, expected);
    expect(both.filter((line) => line === "[Stats]")).to.have.length(2);

    docs.finish();
    await docs.handle;
    virtual.streams.stdout.write("printed between\n");
    const one = await draw();
    for (const expected of [/^✓ docs: 1 total \| 1 added$/, /^printed between$/, running("code")]) {
      expectOnce(one, expected);
    }
    expect(one.indexOf("printed between")).to.be.lessThan(one.findIndex((line) => running("code").test(line)));
    expect(one.filter((line) => elapsed.test(line))).to.have.length(2);

    code.finish();
    await code.handle;
    const ended = await draw();
    expectOnce(ended, /^✓ docs: 1 total \| 1 added$/);
    expectOnce(ended, /^✓ code: 1 total \| 1 added$/);
    expect(ended.filter((line) => elapsed.test(line))).to.have.length(2);
    expect(ended.join("\n")).to.not.include("in-flight");
    expect(clock.due, "nothing is drawn any more").to.deep.equal([]);
    expect(await virtual.terminal.state()).to.deep.equal({ column: 0, wraps: true, isSynchronized: false });
  });

  it("shows nothing on another stream", async () => {
    const other = openVirtualStreams();
    const source = new FakeSource(clock);
    const shown = reportOn(virtual.streams, source, {
      intervalMs: 1,
      clock,
      env: { TIDEMARK_PROGRESS: "tty" },
    });
    await source.count();
    await source.complete();
    await shown;
    expect(await virtual.terminal.lines()).to.include("✓ doc: 1 total | 1 added");
    expect(other.terminal.writes).to.deep.equal([]);
  });

  it("writes JSON lines to the stream where the environment asks for them", async () => {
    const source = new FakeSource(clock, "Docs");
    const shown = reportOn(virtual.streams, source, {
      intervalMs: 1,
      clock,
      env: { TIDEMARK_PROGRESS: "json" },
    });
    await source.complete();
    await shown;
    const [line] = virtual.terminal.writes;
    expect(JSON.parse(line!)).to.include({ app: "a", group: "Docs", final: true });
  });

  it("shows nothing where the environment says none", async () => {
    await reportOn(virtual.streams, new FakeSource(clock), {
      intervalMs: 1,
      clock,
      env: { TIDEMARK_PROGRESS: "none" },
    });
    expect(virtual.terminal.writes).to.deep.equal([]);
  });

  function expectOnce(lines: readonly string[], expected: RegExp): void {
    expect(
      lines.filter((line) => expected.test(line)),
      `${String(expected)} in\n${lines.join("\n")}`,
    ).to.have.length(1);
  }
});
