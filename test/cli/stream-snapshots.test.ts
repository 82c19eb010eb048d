import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { JsonOutput, JsonRecord } from "../../lib/cli/json-output.ts";
import { streamSnapshots } from "../../lib/cli/stream-snapshots.ts";
import type { UpdateSnapshot } from "../../lib/progress/stats.ts";
import { createSnapshot } from "../snapshots.ts";

const AN_HOUR_MS = 3_600_000;

function snapshotAtEnd(final: boolean): UpdateSnapshot {
  return createSnapshot({ status: final ? "ready" : "running", final, elapsedMs: 1 });
}

function createOutput(): JsonOutput & { readonly records: JsonRecord[] } {
  const records: JsonRecord[] = [];
  return {
    records,
    async write(record) {
      records.push(record);
    },
    [Symbol.dispose]() {},
  };
}

describe("streamSnapshots", () => {
  it("waits for the interval between two lines, but not once the run has ended", async () => {
    const output = createOutput();
    const ending = new AbortController();
    const source = {
      title: "Docs",
      async *watch() {
        yield snapshotAtEnd(false);
        yield snapshotAtEnd(true);
      },
    };
    const streaming = streamSnapshots(source, { app: "a", output, intervalMs: AN_HOUR_MS, ended: ending.signal });
    for (let times = 0; times < 5; times++) await turn();
    expect(output.records).to.deep.equal([{ app: "a", group: "Docs", ...snapshotAtEnd(false) }]);
    ending.abort();
    await streaming;
    expect(output.records[1]).to.deep.equal({ app: "a", group: "Docs", ...snapshotAtEnd(true) });
  });

  it("holds the last line back until what comes before it is written", async () => {
    for (const error of [undefined, new RangeError("boom")]) {
      const output = createOutput();
      const before = Promise.withResolvers<void>();
      const source = {
        title: null,
        async *watch() {
          if (error) throw error;
          yield snapshotAtEnd(true);
        },
      };
      const ended = AbortSignal.abort();
      const options = { app: "a", output, intervalMs: 1, ended, beforeLast: () => before.promise };
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
    const output = createOutput();
    const source = {
      title: null,
      async *watch() {
        yield snapshotAtEnd(false);
        throw new RangeError("boom");
      },
    };
    await streamSnapshots(source, { app: "a", output, intervalMs: 1, ended: AbortSignal.abort() });
    expect(output.records[1]).to.deep.equal({
      app: "a",
      group: null,
      ...snapshotAtEnd(false),
      final: true,
      error: { name: "RangeError", message: "boom" },
    });
  });
});
