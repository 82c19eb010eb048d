import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { JsonRecord } from "../../../lib/report/json/json-line.ts";
import type { JsonOutput } from "../../../lib/report/json/json-output.ts";
import { streamSnapshots } from "../../../lib/report/json/stream-snapshots.ts";
import { FakeClock } from "../../fake-clock.ts";
import { createSnapshot } from "../../snapshots.ts";
import { FakeSource } from "../fake-source.ts";

const FINAL = createSnapshot({ status: "ready", final: true, elapsedMs: 1 });

function createOutput(): JsonOutput & { readonly records: JsonRecord[] } {
  const records: JsonRecord[] = [];
  return {
    records,
    async write(record) {
      records.push(record);
    },
  };
}

function start(intervalMs = 1000, title: string | null = null) {
  const clock = new FakeClock();
  const source = new FakeSource(clock, title);
  const output = createOutput();
  const streaming = streamSnapshots(source, { output, clock, intervalMs });
  const numAdds = (): unknown[] => output.records.map(({ stats }) => stats?.total.numAdds);
  return { clock, source, output, streaming, numAdds };
}

describe("streamSnapshots", () => {
  it("writes the newest snapshot at each interval in which there is one, and the last at once", async () => {
    const { clock, source, output, streaming, numAdds } = start();
    await source.count();
    await source.count();
    await source.count();
    expect(numAdds()).to.deep.equal([1]);
    clock.advance(1000);
    await turn();
    expect(numAdds()).to.deep.equal([1, 3]);
    clock.advance(5000);
    await turn();
    expect(numAdds()).to.deep.equal([1, 3]);
    await source.count();
    await source.count();
    await source.complete();
    await streaming;
    expect(numAdds()).to.deep.equal([1, 3, 4, 5]);
    expect(output.records.map(({ final }) => final)).to.deep.equal([false, false, false, true]);
    expect(clock.due).to.deep.equal([]);
  });

  it("says of each line which app and group it is of", async () => {
    const { source, output, streaming } = start(1000, "Docs");
    await source.complete();
    await streaming;
    expect(output.records[0]).to.include({ app: "a", group: "Docs", final: true });
  });

  it("takes an interval longer than a timer can run", async () => {
    const { source, clock, streaming } = start(1e15);
    await source.count();
    expect(clock.due[0]).to.be.at.most(2 ** 31 - 1);
    await source.complete();
    await streaming;
  });

  it("holds the last line back until all lines before it are written", async () => {
    for (const error of [undefined, new RangeError("boom")]) {
      const output = createOutput();
      const before = Promise.withResolvers<void>();
      const source = {
        app: "a",
        title: null,
        async *watch() {
          if (error) throw error;
          yield FINAL;
        },
      };
      const options = { output, intervalMs: 1, clock: new FakeClock(), beforeLast: () => before.promise };
      const streaming = streamSnapshots(source, options);
      for (let times = 0; times < 5; times++) await turn();
      expect(output.records).to.deep.equal([]);
      before.resolve();
      await streaming;
      expect(output.records).to.have.length(1);
      expect(output.records[0]).to.include({ final: true });
    }
  });

  it("ends a run that fails with its last counts and its error", async () => {
    const { source, output, streaming } = start();
    await source.count();
    await source.fail(new RangeError("boom"));
    await streaming;
    expect(output.records.at(-1)).to.deep.include({
      app: "a",
      group: null,
      final: true,
      error: { name: "RangeError", message: "boom" },
    });
    expect(output.records.at(-1)?.stats?.total.numAdds).to.equal(1);
  });
});
